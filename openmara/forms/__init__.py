"""Forms: XLSForms kept as reviewable text, converted to XForm and XLSX, and the check of what people fill in.

Refuses to hold: submissions, people, areas, the clock of a mission; and any expression it cannot evaluate itself.
Blank, zero and `unknown` are three things here. To the left: vocabulary.
"""

from openmara.forms.checking import Checked, check
from openmara.forms.expression import ExpressionRefused
from openmara.forms.form import LANGUAGES, UNKNOWN, Choice, Form, Question, QuestionType
from openmara.forms.page import PageChoice, PageField, page_fields
from openmara.forms.reading import FormRefused, read
from openmara.forms.spreadsheet import template_columns, write_template
from openmara.forms.xlsform import to_xform, to_xlsform, write_xlsx

__all__ = [
    "LANGUAGES",
    "UNKNOWN",
    "Checked",
    "Choice",
    "ExpressionRefused",
    "Form",
    "FormRefused",
    "PageChoice",
    "PageField",
    "Question",
    "QuestionType",
    "check",
    "page_fields",
    "read",
    "template_columns",
    "to_xform",
    "to_xlsform",
    "write_template",
    "write_xlsx",
]
