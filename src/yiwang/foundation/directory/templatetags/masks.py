"""Personal numbers on a page: `{% load masks %}`, `{{ phone|masked_phone }}`."""

from django import template

from yiwang.foundation.kernel.identifiers import mask_id, mask_name, mask_phone

register = template.Library()
register.filter("masked_id", mask_id)
register.filter("masked_phone", mask_phone)
register.filter("masked_name", mask_name)
