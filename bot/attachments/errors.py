"""Why a file is not taken. Each has a sentence for the customer in bot/texts/attachments.toml."""

from bot.errors import FirstlineError


class FilesOff(FirstlineError):
    """This installation takes no files."""

    code = "files_off"
    status = 404


class FileTooLarge(FirstlineError):
    """More bytes than `limit` megabytes."""

    code = "file_too_large"
    status = 413


class FileEmpty(FirstlineError):
    """No bytes at all."""

    code = "file_empty"
    status = 422


class FileKindRefused(FirstlineError):
    """A kind of file that is not on the list."""

    code = "file_kind"
    status = 415


class FileNotWhatItSays(FirstlineError):
    """The content is not what the name claims."""

    code = "file_content"
    status = 415


class VirusFound(FirstlineError):
    """The scanner knows it."""

    code = "file_virus"
    status = 422


class NotScanned(FirstlineError):
    """The scanner is down, so the file is not released."""

    code = "file_not_scanned"
    status = 503


class FileNotKept(FirstlineError):
    """The disk is full, or away."""

    code = "file_not_kept"
    status = 503


class TooManyFiles(FirstlineError):
    """More than a message may carry, or than may wait for a message."""

    code = "too_many_files"
    status = 422


class FileGone(FirstlineError):
    """Not an unused upload of this sender: expired, used already, or somebody else's."""

    code = "file_gone"
    status = 422


class NoSuchFile(FirstlineError):
    """Nothing is kept under this address."""

    code = "no_such_file"
    status = 404
