"""How a request's files arrive: held in memory, never more than a document may be, whatever the sender claims.

Put into Django's FILE_UPLOAD_HANDLERS as the only handler: files of any size would otherwise be spooled to the disk
before anybody looks at them.
"""

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from yiwang.foundation.documents.refusals import LARGEST_FILE

LARGEST_REQUEST = 3 * LARGEST_FILE
"""Bytes of all files of one request; beyond that the connection is closed."""


class BoundedUploadHandler(FileUploadHandler):
    """Keeps at most one byte more than a document may have, so that `receive` sees that the file is too large."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._total = 0
        self._file = io.BytesIO()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._total += len(raw_data)
        if self._total > LARGEST_REQUEST:
            raise StopUpload(connection_reset=True)
        self._file.write(raw_data[: max(0, LARGEST_FILE + 1 - self._file.tell())])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self._file.seek(0)
        return InMemoryUploadedFile(
            file=self._file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
