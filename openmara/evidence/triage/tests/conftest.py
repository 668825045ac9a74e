from tests.pages import french as french
from tests.pages import plain_static as plain_static
