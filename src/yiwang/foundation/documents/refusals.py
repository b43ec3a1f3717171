"""Why a file is refused, in words that say what to do. Pure: no Django."""

from collections.abc import Mapping

from yiwang.foundation.kernel.text import Words

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes of one file."""
MOST_PAGES = 200
MOST_PIXELS = 64_000_000
"""Of one picture; the best telephones take 50 million."""

REASONS: Mapping[str, Words] = {
    "empty": Words("文件是空的。请重新选择文件。", "The file is empty. Choose the file again."),
    "too_large": Words(
        "文件超过 10 MB。请压缩后再上传，或分成几个文件。",
        "The file is larger than 10 MB. Make it smaller, or upload it in several parts.",
    ),
    "unknown_type": Words(
        "不支持这种文件。请上传 PDF、JPEG、PNG 或 WebP 文件。",
        "This kind of file is not accepted. Upload a PDF, JPEG, PNG or WebP file.",
    ),
    "office": Words(
        "不能上传 Word、表格或压缩文件。请先另存为 PDF 再上传。",
        "Word files, spreadsheets and archives are not accepted. Save the file as PDF and upload that.",
    ),
    "heic": Words(
        "不支持 HEIC 照片。请在手机相机设置中选“兼容性最佳”，或转成 JPEG 再上传。",
        "HEIC photos are not accepted. Choose “Most Compatible” in the camera settings, or save the photo as JPEG.",
    ),
    "damaged": Words(
        "文件已损坏或不完整。请确认能打开，再重新上传。",
        "The file is damaged or incomplete. Check that it opens, then upload it again.",
    ),
    "encrypted": Words(
        "文件设了密码或权限保护。请去掉保护，或打印成新的 PDF 再上传。",
        "The file is protected by a password or restrictions. Remove them, or print it to a new PDF.",
    ),
    "active_content": Words(
        "文件里有脚本、附件或会启动程序的内容。请打印成新的 PDF 再上传。",
        "The file holds scripts, attached files or commands that start programs. Print it to a new PDF.",
    ),
    "other_content": Words(
        "文件里夹带了另一种文件的内容。请用看图或 PDF 软件另存一份再上传。",
        "The file also holds content of another kind of file. Save a new copy with a picture or PDF program.",
    ),
    "too_many_pages": Words(
        f"文件超过 {MOST_PAGES} 页。请分成几个文件上传。",
        f"The file has more than {MOST_PAGES} pages. Upload it in several parts.",
    ),
    "too_many_pixels": Words(
        f"图片太大，超过 {MOST_PIXELS // 10_000} 万像素。请缩小后再上传。",
        f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. Make it smaller and upload it again.",
    ),
    "animated": Words(
        "不能上传动图。请上传一张静止的图片。", "Moving pictures are not accepted. Upload a still picture."
    ),
    "too_complex": Words(
        "文件太复杂，无法检查。请打印成新的 PDF，或拍照上传。",
        "The file is too complex to be checked. Print it to a new PDF, or upload a photo of it.",
    ),
    "too_many_files": Words(
        "您上传后没有用到的文件太多。请先用于申请，或等一周后自动清除。",
        "You have too many uploaded files that are not used. Use them, or wait a week until they are deleted.",
    ),
    "busy": Words("现在上传的人很多。请过一分钟再试。", "Many people are uploading now. Try again in a minute."),
    "not_stored": Words(
        "系统暂时存不下文件，您的文件没有保存。请过一会再试，或打 12345 求助。",
        "The file could not be stored, and nothing of it was kept. Try again later, or call 12345 for help.",
    ),
}


class Refused(Exception):
    """A file that was not taken in; `reason` is a key of `REASONS`, `words` what to tell the person."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        self.words = REASONS[reason]
        super().__init__(f"{reason}: {self.words.en}")
