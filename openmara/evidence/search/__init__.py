"""Finding incidents by codes, reference and the texts one may read; saved views keep codes, never words."""
