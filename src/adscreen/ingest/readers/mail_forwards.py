"""Forwarded messages inside a text: where each begins, its subject and sender, in the languages and layouts of the common mail programs."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROLES = {
    "from": "from von de da van od fra från lähettäjä feladó expeditorul отправитель от від kimden gönderen saatja mittente nadawca šalje dari daripada จาก từ 发件人 寄件者 寄件人 差出人 送信元 送信者 보낸사람 보낸_사람 من מאת प्रेषक "
    "от_кого від_кого de_la mula_kay ចាប់ពី",
    "subject": "subject betreff objet asunto assunto oggetto onderwerp temat předmět predmet emne ämne aihe tárgy konu тема sujet subiect subiectul naslov subjek perihal perkara เรื่อง chủ_đề tiêu_đề 主题 主旨 主題 件名 제목 الموضوع נושא विषय paksa teema",
    "date": "date datum data dato fecha dátum päivämäärä päiväys tarih дата dată sent gesendet envoyé enviado enviada_em enviado_el inviato verzonden wysłano sendt skickat lähetetty elküldve odesláno odoslané gönderilen trimis "
    "отправлено відправлено tanggal dikirim tarikh วันที่ ส่ง ngày đã_gửi 日期 发送时间 寄件日期 傳送時間 送信日時 日付 날짜 보낸_날짜 التاريخ תאריך दिनांक petsa kuupäev",
    "to": "to an à para a aan komu do till til vastaanottaja címzett către destinatarul кому kime alıcı pre prima pour adresat za kepada untuk ถึง đến tới 收件人 收件者 宛先 送信先 받는사람 받는_사람 إلى אל प्रति saaja",
    "other": "cc bcc kopie kopio kopi kopia kópia másolat másolatot_kap dw копия копія bilgi copie_à kopie_(cc) tembusan สำเนา 抄送 副本 참조 نسخة reply-to antwort_an répondre_à responder_a rispondi_a antwoord_aan odpowiedź-do odpověď_na "
    "svar_til svara_till vastaus válaszcím ответ-кому odgovori_na yanıt_adresi organization organisation attachments anlagen importance",
}
_ROLE_OF = {name.replace("_", " "): role for role, names in _ROLES.items() for name in names.split()}

_PHRASES = (
    "forwarded message|forwarded by|begin forwarded message|original message|forwarded email|forwarded mail|start of forwarded message|weitergeleitete nachricht|ursprüngliche nachricht|originalnachricht|"
    "anfang der weitergeleiteten nachricht|weitergeleitete e-mail|message transféré|message transfere|message d'origine|message original|message transmis|début du message transféré|début du message réexpédié|courriel transféré|"
    "mensaje reenviado|mensaje original|inicio del mensaje reenviado|mensagem encaminhada|mensagem original|mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|"
    "messaggio inoltrato|messaggio originale|inizio messaggio inoltrato|doorgestuurd bericht|oorspronkelijk bericht|origineel bericht|begin doorgestuurd bericht|przekazana wiadomość|wiadomość oryginalna|oryginalna wiadomość|"
    "wiadomość przekazana dalej|początek przekazywanej wiadomości|přeposlaná zpráva|původní zpráva|přeposlaný e-mail|začátek přeposílané zprávy|preposlaná správa|pôvodná správa|začiatok preposlanej správy|"
    "videresendt besked|videresendt meddelelse|videresendt melding|oprindelig meddelelse|opprinnelig melding|start på videresendt besked|videresendt e-post|start på videresendt melding|vidarebefordrat meddelande|ursprungligt meddelande|"
    "vidarebefordrat mejl|vidarebefordrat brev|början på vidarebefordrat brev|välitetty viesti|alkuperäinen viesti|edelleenlähetetty viesti|välitetty viesti alkaa|továbbított üzenet|eredeti üzenet|továbbított levél kezdete|"
    "mesaj redirecționat|mesaj original|începutul mesajului redirecționat|mesaj redirectionat|proslijeđena poruka|izvorna poruka|prosleđena poruka|započni proslijeđenu poruku|iletilen mesaj|yönlendirilen mesaj|yönlendirilmiş ileti|orijinal mesaj|özgün ileti|iletilmiş mesaj|i̇letilen ileti|"
    "пересылаемое сообщение|пересланное сообщение|переадресованное сообщение|исходное сообщение|начало переадресованного сообщения|пересланное письмо|переслане повідомлення|перенаправлене повідомлення|початок листа, що пересилається|оригінальне повідомлення|"
    "pesan terusan|pesan yang diteruskan|pesan diteruskan|pesan asli|mesej dimajukan|mesej yang dimajukan|ข้อความที่ส่งต่อ|ข้อความต้นฉบับ|tin nhắn đã chuyển tiếp|thư đã chuyển tiếp|thư chuyển tiếp|thư được chuyển tiếp|tin nhắn được chuyển tiếp|thư gốc|"
    "转发的邮件|转发邮件信息|转发的消息|原始邮件|原邮件|轉寄郵件|轉寄的郵件|轉寄訊息|原始郵件|已轉寄郵件|転送メッセージ|転送されたメッセージ|元のメッセージ|전달된 메일|전달된 메시지|원본 메일|원본 메시지|رسالة محولة|الرسالة الأصلية|رسالة معاد توجيهها|הודעה שהועברה|ההודעה המקורית|"
    "अग्रेषित संदेश|फ़ॉरवर्ड किया गया संदेश|मूल संदेश|ipinasang mensahe|edastatud kiri|original-nachricht"
)
_SEPARATOR = re.compile(
    rf"^(?P<quote>[> \t]{{0,20}}+)\W{{0,60}}+(?:{'|'.join(' +'.join(map(re.escape, phrase.split())) for phrase in _PHRASES.split('|'))})(?!\w)[^\w\n]{{0,60}}+(?P<rest>[^\n]{{0,2000}})$",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"^(?P<quote>[> \t]{0,20}+)[*_]{0,2}+(?P<name>[^\W\d][^:：\n<>@]{0,24}?)[ \t\u00a0]{0,3}[*_]{0,2}[:：][*_]{0,2}[ \t\u00a0]*(?P<value>[^\n]*)$"
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_ONE_LINE_SUBJECT = re.compile(
    rf"(?:{'|'.join(re.escape(name) for name, role in _ROLE_OF.items() if role == 'subject')})\s?[:：]\s*([^\n]{{0,500}})$", re.IGNORECASE
)
_ATTRIBUTION = re.compile(r"(?=[^\n]*@)(?=[^\n]*\d{1,4}[./-]\d{1,2}[./-]\d{1,4})[^\n]{10,299}:\s*")
_RULE = re.compile(r"[> \t]*[-_=*]{3,}[ \t]*")
_PREFIX = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|res?env|rif|i|vs|vb|vl|doorst|dw|pd|továbbítás|ilt|i̇lt|iletilen|fs|tsa|отправлено|на|转发|轉寄|転送|전달|进|fyi|re|aw|sv|antw|ynt|odp|res|回复|答复|回覆)(?:\[\d+\])?\s*[:：]\s*",
    re.IGNORECASE,
)
_FORWARD_PREFIX = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|i|vs|vb|vl|doorst|dw|pd|ilt|i̇lt|fs|转发|轉寄|転送|전달)\s*[:：]|[\[(]fwd?[:\])]|.{0,200}\(fwd\)", re.IGNORECASE
)

MIN_FIELDS = 3
"""Header lines in a row that start a forwarded message where no line says so; one must name the sender, one the subject or date."""

MAX_HEADER_LINES = 40
"""Lines that the headers of a forwarded message take at most, long lists of recipients included; also keeps the search linear."""

SEPARATOR_REACH = 4
"""Lines after a separator in which its headers begin."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One message of a chain: the text outside (no subject, no sender) or a forwarded one with what its headers say."""

    text: str
    subject: str = ""
    sender: str = ""


@dataclass(frozen=True, slots=True)
class _Block:
    """Headers of a forwarded message: first line of separator or headers, first line of its text."""

    start: int
    end: int
    subject: str
    sender: str
    quote: int


def layers(text: str, is_forward: bool = False) -> list[Layer]:
    """The text outside, then each forwarded message, the innermost last.

    `is_forward`: the subject marks a forward, so that `On 1/3/2026, "A" <a@example.com> wrote:`, which else introduces what a reply quotes, counts as its start.
    """
    lines = text.split("\n")
    found: list[Layer] = []
    start, subject, sender, quote = 0, "", "", 0
    at = 0
    while at < len(lines):
        block = _block(lines, at)
        if block is None:
            at += 1
            continue
        found.append(Layer(_unquoted(lines[start:at], quote), subject, sender))
        start, subject, sender, quote = block.end, block.subject, block.sender, block.quote
        at = max(block.end, at + 1)
    found.append(Layer(_unquoted(lines[start:], quote), subject, sender))
    return _split_at_attribution(lines) if is_forward and len(found) == 1 else found


def _split_at_attribution(lines: list[str]) -> list[Layer]:
    at = next((at for at, line in enumerate(lines) if len(line) < 300 and _ATTRIBUTION.fullmatch(line)), None)
    if at is None:
        return [Layer(_unquoted(lines, 0))]
    address = _ADDRESS.search(lines[at])
    return [Layer(_unquoted(lines[:at], 0)), Layer(_unquoted(lines[at + 1 :], 0), sender=address[0] if address else "")]


def without_prefix(subject: str) -> str:
    """A subject without `Fwd:`, `WG:`, `Re:` and the like before it."""
    while (rest := _PREFIX.sub("", subject, count=1)) != subject and _PREFIX.match(subject):
        subject = rest
    return subject.strip()


def says_forward(subject: str) -> bool:
    """Whether the subject marks a message as forwarded."""
    return _FORWARD_PREFIX.match(subject) is not None


def _block(lines: list[str], at: int) -> _Block | None:
    separator = _SEPARATOR.match(lines[at]) if len(lines[at]) < 3000 else None
    if separator is None:
        is_inside = at > 0 and _field(lines[at - 1], "") is not None  # of a run of header lines that was tried from its start
        return None if is_inside else _headers(lines, at, MIN_FIELDS)
    if _is_sentence(lines[at], separator):
        return None
    if "@" in separator["rest"] or len(separator["rest"]) > 60:  # Yahoo writes the headers behind it, on one line
        return _one_line(separator["rest"], at, separator["quote"].count(">"))
    for first in range(at + 1, min(at + 1 + SEPARATOR_REACH, len(lines))):
        block = _headers(lines, first, 1)
        if block is not None:
            return _Block(at, block.end, block.subject, block.sender, block.quote)
    return _Block(at, at + 1, "", "", separator["quote"].count(">"))


def _is_sentence(line: str, separator: re.Match[str]) -> bool:
    """Whether the phrase is part of a sentence: a separator has dashes, a colon or nothing around it."""
    rest = separator["rest"].strip()
    return bool(rest) and "@" not in rest and not re.match(r"[ >\t]*[-_=*]{2}", line)


def _one_line(rest: str, at: int, quote: int) -> _Block:
    address = _ADDRESS.search(rest)
    subject = _ONE_LINE_SUBJECT.search(rest)
    return _Block(at, at + 1, subject[1].strip() if subject else "", address[0] if address else "", quote)


def _headers(lines: list[str], at: int, least: int) -> _Block | None:
    """The header lines from a line on, when there are enough of them."""
    values: dict[str, str] = {}
    end, quote, count, last = at, 0, 0, ""
    while end < min(len(lines), at + MAX_HEADER_LINES) and (field := _field(lines[end], last)):
        role, value, depth = field
        if role:
            count, last = count + 1, role
            values.setdefault(role, value)
            quote = max(quote, depth)
        end += 1
    sender = values.get("from")
    if sender is None or count < least or (least > 1 and not _is_header(values)):
        return None
    address = _ADDRESS.search(sender)
    return _Block(at, end, values.get("subject", ""), address[0] if address else "", quote)


def _is_header(values: dict[str, str]) -> bool:
    has_address = any("@" in value for value in values.values())
    return ("subject" in values and ("date" in values or has_address)) or (has_address and "date" in values and "to" in values)


def _field(line: str, last: str) -> tuple[str, str, int] | None:
    """Role, value and depth of quoting of a header line; an empty role for the second line of one; None for any other line."""
    found = _FIELD.match(line) if len(line) < 3000 else None
    role = _ROLE_OF.get(found["name"].strip("*_ \u00a0").casefold(), "") if found else ""
    if found and role:
        return role, found["value"].strip("* \t\u00a0"), found["quote"].count(">")
    is_second = last in ("to", "other", "subject") and (("@" in line and last != "subject") or (line[:1] in " \t" and line.strip(" \t>") != ""))
    return ("", "", 0) if is_second and len(line) < 3000 else None


def _unquoted(lines: list[str], quote: int) -> str:
    if not quote and any(lines) and all(line.startswith(">") for line in lines if line.strip()):
        quote = 1  # some programs quote the text, but not its headers
    if quote:
        mark = re.compile(rf"^(?:[ \t]?>){{1,{quote}}} ?")
        lines = [mark.sub("", line) for line in lines]
    while lines and _RULE.fullmatch(lines[-1]):
        lines = lines[:-1]
    return "\n".join(lines).strip()
