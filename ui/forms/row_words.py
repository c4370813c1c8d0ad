"""What a row of a form says: its label, what stands beside the value, and what became of a write."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from app.settings import record_names, values
from app.settings.changes import FieldProof, Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Spec


def tr(text: str) -> str:
    return QCoreApplication.translate("Form", text)


@dataclass(frozen=True, slots=True)
class Remark:
    """A line under the editor. role is a colour token: "error", "warn", "ok", "info" or "secondary"."""

    text: str
    role: str


def row_title(spec: Spec) -> str:
    """The label of a field. A switch says on or off by itself: its label does not say it again."""
    if spec.kind is not Kind.BOOL or spec.access is Access.READ_ONLY:
        return spec.title
    if spec.title in ("On", "Enabled"):
        return tr("Enabled")
    return spec.title.removesuffix(" on")


def spoken_title(document: Document, field: Field) -> str:
    """The label as a screen reader says it, with the section or record that it stands in, the innermost first: eight
    fields called "Name", or "Enabled" alone, tell nobody what."""
    title = row_title(field.spec)
    around = record_names.section(document, field.section)
    if not around and title == tr("Enabled"):
        around = (document.title,)
    return ", ".join(dict.fromkeys((title, *reversed(around))))


def aside(spec: Spec) -> str:
    """What stands beside the value: unit, limits, reboot."""
    if spec.access is Access.READ_ONLY:
        return ""
    parts = []
    unit = "fps" if spec.kind is Kind.FPS100 else spec.unit
    if unit and not any(option.title.endswith(unit) for option in spec.options):
        parts.append(unit)
    if spec.kind is Kind.LIST:
        return values.ranges_text(spec)
    if not spec.options and spec.kind is not Kind.BOOL and (limits := values.ranges_text(spec)):
        parts.append(limits)
    if spec.reboot:
        parts.append(tr("reboot needed"))
    return "   ".join(parts)


def help_text(field: Field, spec: Spec) -> str:
    """Help, limits, default and the field's own name, a line each."""
    default = values.display(spec.default, spec) if spec.default is not None else ""
    lines = [spec.help, aside(spec), tr("Default: {}").format(default) if default else "", field.path]
    return "\n".join(line for line in lines if line)


def revert_text(field: Field) -> str:
    return tr("Esc: back to {}").format(values.display(field.text, field.spec) or tr("empty"))


def verdict_remark(proof: FieldProof, field: Field) -> Remark | None:
    """The proof in words: amber and red say what the camera did. A kept value needs no line, its tick is enough."""

    def shown(text: str | None) -> str:
        return tr("nothing") if text is None else values.display(text, field.spec) or tr("empty")

    match proof.verdict:
        case Verdict.KEPT:
            return None
        case Verdict.ADJUSTED:
            return Remark(tr("Camera set {0} instead of {1}").format(shown(proof.read_back), shown(proof.new)), "warn")
        case Verdict.IGNORED:
            text = tr("Camera ignored {1} and still holds {0}. Another setting may forbid it.")
            return Remark(text.format(shown(proof.read_back), shown(proof.new)), "error")
        case Verdict.SIDE_EFFECT:
            text = tr("Changed by the camera: {0} → {1}") if proof.old else tr("Set by the camera: {1}")
            if proof.elsewhere:
                text = tr("Changed: {0} → {1}. {2}")
            return Remark(text.format(shown(proof.old), shown(proof.read_back), proof.reason), "warn")
        case Verdict.NOT_VERIFIABLE:
            text = proof.reason or tr("The camera does not show this value, so it cannot be checked")
            return Remark(tr("Sent. {}").format(text), "secondary")
