"""Errors that the person at the screen can mend.

* UserError                   shown as one sentence, no traceback
  - UploadError               the file as a whole cannot be taken
    + EmptyFileError          no bytes, or a header without rows
    + NotATableError          an image, a PDF, a pivot table: no rows and columns of records
    + TooLargeError           more bytes than a file may have
    + UnreadableError         reading it took too long or too much memory, or broke off
    + MissingColumnsError     the entity's required columns are not mapped
    + UnknownLayoutError      no format recognises the header and no mapping was given
  - WorkspaceBusyError        another process holds the database file
  - SettingError              a setting, option or argument that cannot be used

Everything else is a bug and may crash.
"""


class UserError(Exception):
    """A problem the person at the screen can mend.

    ``code`` names a sentence in ``pages/_ui/locale/*.toml`` and ``facts`` fill its
    blanks. ``str(error)`` is the plain English form, for logs and the command line.
    """

    code = "error.user"

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.facts = facts


class UploadError(UserError):
    """The file as a whole cannot be taken; nothing of it was stored."""

    code = "error.upload"


class EmptyFileError(UploadError):
    """The file has no bytes, or a header without a single row."""

    code = "error.empty_file"

    def __init__(self, file: str) -> None:
        super().__init__(
            f"{file} has no rows. Export it again and check that the view or report is not empty.",
            file=file,
        )


FOUND = {
    "png": "a PNG image",
    "jpeg": "a JPEG image",
    "gif": "a GIF image",
    "pdf": "a PDF document",
    "program": "a program",
    "archive": "a compressed archive",
    "database": "a database",
    "parquet": "a Parquet file",
    "text_document": "a text document",
    "pivot_table": "a pivot table",
    "broken_quotes": "a text whose quotation marks do not pair",
    "web_page": "a web page",
    "xml": "an XML document",
    "json": "a JSON document",
    "binary": "binary data",
    "locked_workbook": "a damaged or password-protected workbook",
    "damaged_workbook": "a damaged workbook",
    "endless_sheet": "a sheet of more rows and columns than any export has",
    "many_columns": "a table of more columns than any export has",
    "many_sheets": "a workbook of more sheets than any export has",
    "many_files": "an archive of more files than any export has",
    "entities": "a workbook with declarations inside that no export has",
    "word": "a Word document",
    "slides": "a presentation",
    "zip": "a ZIP archive",
    "locked_archive": "a damaged or password-protected archive",
}
"""What a file can turn out to be instead of a table of records."""


class NotATableError(UploadError):
    """The content is not a table of records; ``found`` is a key of ``FOUND``."""

    code = "error.not_a_table"

    def __init__(self, file: str, found: str) -> None:
        super().__init__(
            f"{file} is not a table of records: it looks like {FOUND[found]}. "
            "Export the list itself as CSV or XLSX, one row per record.",
            file=file,
            found=found,
        )
        self.found = found


class TooLargeError(UploadError):
    """The file has more bytes than one upload may have."""

    code = "error.too_large"

    def __init__(self, file: str, megabytes: float, limit: float) -> None:
        super().__init__(
            f"{file} has {megabytes:.0f} MB, more than the {limit:.0f} MB one file may have. "
            "Export fewer columns or a shorter period, and upload it in parts.",
            file=file,
            megabytes=round(megabytes),
            limit=round(limit),
        )


BROKEN_OFF = {
    "time": "reading it takes too long",
    "memory": "reading it takes too much memory",
    "crash": "the reader broke off",
}
"""Why the process that reads a file may end without an answer."""


class UnreadableError(UploadError):
    """The process that read the file gave no answer; ``why`` is a key of ``BROKEN_OFF``."""

    code = "error.unreadable"

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            f"{file} cannot be read: {BROKEN_OFF[why]}. Open it in a spreadsheet program, "
            "save the sheet as CSV in UTF-8, and upload that.",
            file=file,
            found=why,
        )


class MissingColumnsError(UploadError):
    """Columns that the entity requires are not in the mapping."""

    code = "error.missing_columns"

    def __init__(self, file: str, entity: str, missing: list[str], present: list[str]) -> None:
        super().__init__(
            f"{file} has no column for {', '.join(missing)} of {entity}; "
            f"its header is {', '.join(present)}. Choose the column in the mapping, "
            "or export it with the file.",
            file=file,
            entity=entity,
            missing=", ".join(missing),
            present=", ".join(present),
        )
        self.missing = missing


class UnknownLayoutError(UploadError):
    """No known format fits the header, and no mapping was given."""

    code = "error.unknown_layout"

    def __init__(self, file: str, present: list[str]) -> None:
        super().__init__(
            f"{file} has a layout that is not known: {', '.join(present)}. "
            "Say which column is which in the mapping.",
            file=file,
            present=", ".join(present),
        )


class WorkspaceBusyError(UserError):
    """Another process has the workspace's database file open."""

    code = "error.workspace_busy"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is open in another process. Close the other Evenhand and try again.",
            path=path,
        )


class SettingError(UserError):
    """A setting or argument that cannot be used."""

    code = "error.setting"
