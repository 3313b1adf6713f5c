"""The forms of the control page: one for each act, and the reading of what they post."""

import email.parser
import email.policy
from collections.abc import Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import parse_qsl

from reference_servers.msed import life
from reference_servers.msed.faults import CODES, KINDS
from reference_servers.msed.life import OwnFile


class Field(NamedTuple):
    """An input: kind is an HTML input type, `textarea`, or `select` with its choices."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    choices: Sequence[str] = ()
    required: bool = True


_PARTY = (
    Field("organization", "Организация", value="Управление городского хозяйства"),
    Field("department", "Подразделение", required=False),
    Field("person", "Фамилия, имя, отчество", value="Соколов Игорь Петрович", required=False),
    Field("post", "Должность", value="начальник отдела", required=False),
)
ACT_FORMS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "accept": ("Зарегистрировать", ()),
    "refuse": (
        "Отказать в регистрации",
        (
            Field("code", "Код отказа", "select", choices=life.REFUSAL_CODES),
            Field("reason", "Причина", "textarea"),
        ),
    ),
    "assign": ("Назначить исполнителя", _PARTY),
    "redirect": (
        "Перенаправить",
        (Field("organization", "Куда", value="Министерство транспорта"),),
    ),
    "extend": (
        "Продлить срок",
        (Field("control_date", "Новый срок", "date"), Field("reason", "Причина", "textarea")),
    ),
    "course": ("Сообщить о ходе работ", (Field("text", "Что сделано", "textarea"),)),
    "answer": (
        "Ответить",
        (
            Field("decision", "Решение", "select", choices=life.DECISIONS),
            Field("due_date", "Срок для «Отложено»", "date", required=False),
            Field("text", "Текст ответа", "textarea"),
            *(field._replace(label=f"Подписал: {field.label.lower()}") for field in _PARTY),
            Field("photo", "Приложить нарисованное фото «после»", "checkbox", required=False),
            Field("files", "Файлы", "file", required=False),
        ),
    ),
}
FAULT_FORM = (
    Field("kind", "Сбой", "select", choices=KINDS),
    Field("operation", "Операция или событие (* — любая)", value="*"),
    Field("count", "Сколько раз (пусто — без конца)", "number", value="1", required=False),
    Field("probability", "Вероятность от 0 до 1", value="1"),
    Field("seconds", "Секунды (delay, late, slow_drip)", value="1"),
    Field("code", "Код (soap_fault, security_fault)", "select", choices=("", *CODES)),
    Field("status", "Статус HTTP (http, http_after_commit)", "number", value="503"),
    Field("seed", "Начальное число для случая", "number", value="0"),
)

ALL_FAULTS_FORM = (
    Field("probability", "Вероятность каждого от 0 до 1", value="0.05"),
    Field("seed", "Начальное число для случая", "number", value="0"),
)


def form(
    action: str, token: str, button: str, fields: Sequence[Field] = (), *, hidden: str = ""
) -> str:
    """HTML of a form; with fields it is folded under its button's name."""
    multipart = any(field.kind == "file" for field in fields)
    attributes = ' enctype="multipart/form-data"' if multipart else ""
    attributes += "" if fields else ' class="plain"'
    inner = (
        f'<form method="post" action="{escape(action)}"{attributes}>'
        f'<input type="hidden" name="token" value="{token}">'
        f'<input type="hidden" name="act" value="{escape(hidden)}">'
        f"{''.join(map(_input, fields))}<button>{escape(button)}</button></form>"
    )
    if not fields:
        return inner
    return f"<details><summary>{escape(button)}</summary>{inner}</details>"


def _input(field: Field) -> str:
    name, label = escape(field.name), escape(field.label)
    required = " required" if field.required else ""
    if field.kind == "select":
        options = "".join(f"<option>{escape(choice)}</option>" for choice in field.choices)
        return f'<label>{label}<select name="{name}">{options}</select></label>'
    if field.kind == "textarea":
        return f'<label>{label}<textarea name="{name}" rows="4"{required}></textarea></label>'
    if field.kind == "checkbox":
        return f'<label class="tick"><input type="checkbox" name="{name}" value="1">{label}</label>'
    more = " multiple" if field.kind == "file" else f' value="{escape(field.value)}"'
    return f'<label>{label}<input type="{field.kind}" name="{name}"{more}{required}></label>'


def posted(content_type: str, body: bytes) -> tuple[dict[str, str], list[OwnFile]]:
    """Values and files of a posted form. Raises ValueError for an unreadable one."""
    if not content_type.startswith("multipart/form-data"):
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        return {name: _lines(value) for name, value in pairs}, []
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    parser = email.parser.BytesParser(policy=email.policy.HTTP)
    values: dict[str, str] = {}
    files: list[OwnFile] = []
    for part in parser.parsebytes(head + body).iter_parts():
        name = str(part.get_param("name", header="content-disposition") or "")
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            raise ValueError("an unreadable form")
        filename = part.get_filename()
        if filename:
            files.append(OwnFile(filename.rpartition("/")[2], part.get_content_type(), content))
        elif filename is None:
            values[name] = _lines(content.decode())
    return values, files


def _lines(value: str) -> str:
    # Browsers end lines with CR LF, which XML would have to carry as a character reference.
    return value.replace("\r\n", "\n")
