"""What WhatsApp itself writes into an export, in many languages: marks of media, edits and deletions, calls and notices."""

from __future__ import annotations

import re

from adscreen.ingest.readers.whatsapp_layouts import MARKS

LONGEST_NOTICE = 300
"""Characters of the longest notice that WhatsApp writes in a sender's name (on encryption, in Portuguese: 210); a longer text is someone's own."""

_OMITTED_MEDIA = """
<media omitted>|<media weggelaten>|<medien ausgeschlossen>|<medien weggelassen>|<médias omis>|<média omis>|<fichier omis>|<multimedia omitido>|<archivo omitido>
<media omesso>|<media omessi>|<mídia oculta>|<arquivo de mídia oculto>|<mídia omitida>|<ficheiro não revelado>|<ficheiro multimédia oculto>|<mitjans omesos>|<sense mitjans>
<media tidak disertakan>|<media dikecualikan>|<media disingkirkan>|<walang kalakip na media>|<inalis ang media>|<bỏ qua media>|<bỏ qua tệp phương tiện>|<đã bỏ qua file phương tiện>
<ไม่รวมสื่อ>|<ไฟล์สื่อถูกลบ>|<สื่อถูกลบ>|<ละเว้นสื่อ>|<ບໍ່ລວມມີເດຍ>|<省略多媒体文件>|<媒体文件已省略>|<忽略多媒體檔>|<忽略多媒体文件>|<省略多媒體檔案>|<已略去媒體>|<媒体省略>|<メディアなし>|<メディアは含まれていません>|<미디어 파일을 생략한 대화내용>
<미디어 파일 제외됨>|<미디어 생략>|<без медиафайлов>|<файл пропущен>|<медиафайлы отсутствуют>|<медиа пропущены>|<медіа пропущено>|<без медіафайлів>|<файлдар қосылмаған>|<файл қосылған жоқ>
<fayl o'tkazib yuborildi>|<media çıxarılmışdır>|<медији су изостављени>|<без файл>|<без фајл>|<تم استبعاد الوسائط>|<تم استبعاد الوسائط المتعددة>|<تم حذف الوسائط>
<میڈیا چھوڑ دیا گیا>|<میڈیا ہٹا دیا گیا>|<رسانه حذف شد>|<پيوست نما/آهنگ حذف شد>|<המדיה לא נכללה>|<מדיה הושמטה>|<मीडिया के बिना>|<मीडिया छोड़ा गया>|<मीडिया शामिल नहीं की गई>|<मीडिया वगळण्यात आला>|<मीडिया वगळले>
<মিডিয়া বাদ দেওয়া হয়েছে>|<মিডিয়া বাদ দেওয়া হয়েছে>|<ஊடகங்கள் நீக்கப்பட்டது>|<మీడియా విస్మరించబడింది>|<മീഡിയ ഒഴിവാക്കി>|<ಮಾಧ್ಯಮ ಕೈಬಿಡಲಾಗಿದೆ>|<મીડિયા અવગણવામાં આવ્યા>
<ਮੀਡੀਆ ਛਡਿਆ ਗਿਆ>|<medya dahil edilmedi>|<medya atlanmış>|<pominięto multimedia>|<pliki pominięto>|<média vynechány>|<média vynechána>|<médiá vynechané>|<hiányzó médiafájl>|<média elhagyva>
<conținut media omis>|<media har utelämnats>|<media utelämnat>|<uten vedlegg>|<media utelatt>|<mediefil udeladt>|<medier udeladt>|<media jätetty pois>|<media jätettiin pois>|<meedia ära jäetud>
<praleistas medijos turinys>|<bez multivides>|<εξαίρεση πολυμέσων>|<medijski zapis izostavljen>|<medij izpuščen>|<media hequr>|<media imerukwa>|<media weggelaat>|<view once voice message omitted>
""".strip().replace("\n", "|")

_OMITTED_ON_IPHONE = """
image omitted|video omitted|audio omitted|sticker omitted|gif omitted|document omitted|contact card omitted|video note omitted|bild weggelassen|video weggelassen|audio weggelassen|sticker weggelassen
gif weggelassen|dokument weggelassen|kontaktkarte ausgelassen|imagen omitida|video omitido|audio omitido|sticker omitido|gif omitido|documento omitido|tarjeta de contacto omitida|imagem ocultada
vídeo omitido|áudio ocultado|figurinha omitida|documento omitido|cartão do contato omitido|imagem omitida|vídeo ocultado|gif omitido|image absente|vidéo absente|audio omis|sticker omis|gif omis
image omise|vidéo omise|document manquant|gif retiré|fiche contact manquante|fiche contact omise|immagine omessa|video omesso|audio omesso|sticker non incluso|sticker omesso|gif esclusa|documento omesso|scheda contatto omessa
afbeelding weggelaten|video weggelaten|audio weggelaten|sticker weggelaten|gif weggelaten|document weggelaten|görüntü dahil edilmedi|video dahil edilmedi|ses dahil edilmedi|çıkartma dahil edilmedi
gambar tidak disertakan|video tidak disertakan|audio tidak disertakan|stiker tidak disertakan|gif tidak disertakan|dokumen tidak disertakan|kartu kontak tidak disertakan|изображение отсутствует
видео отсутствует|аудиофайл отсутствует|стикер отсутствует|gif отсутствует|документ отсутствует|карточка контакта отсутствует|изображение опущено|видео опущено|аудио опущено|图像已忽略|图片已省略|视频已忽略
音频已忽略|贴图已忽略|表情已忽略|文档已忽略|image 已略去|略過圖片|略過影片|略過音訊|略過貼圖|忽略圖片|忽略影片|圖片已略去|画像は含まれていません|動画は含まれていません|音声は含まれていません|ステッカーは含まれていません|이미지 생략됨|이미지 생략|동영상 생략됨|비디오 생략|오디오 생략
ไม่รวมรูปภาพ|ไม่รวมวิดีโอ|ไม่รวมเสียง|ไม่รวมสติกเกอร์|ไม่รวมเอกสาร|รูปภาพถูกละเว้น|đã bỏ qua hình ảnh|bỏ qua hình ảnh|bỏ qua video|bỏ qua âm thanh|bỏ qua nhãn dán|bỏ qua tài liệu|تم استبعاد الصورة|تم استبعاد الفيديو|تم استبعاد المقطع الصوتي
تم استبعاد الملصق|تم استبعاد المستند|صورة محذوفة|התמונה הושמטה|הסרטון הושמט|छवि छोड़ी गई|फ़ोटो शामिल नहीं है|वीडियो शामिल नहीं है|ऑडियो शामिल नहीं है|स्टिकर शामिल नहीं है|imej ditinggalkan|imej dikecualikan|video dikecualikan
""".strip().replace("\n", "|")

_ATTACHED = """
file attached|datei angehängt|archivo adjunto|arquivo anexado|ficheiro anexado|fichier joint|file allegato|bestand bijgevoegd|dosya ekli|dosya eklendi|file terlampir|fail dilampirkan|файл добавлен|файл прикреплен
файл прикреплён|файл додано|soubor byl přiložen|súbor pripojený|plik załączony|załączono plik|fájl csatolva|fișier atașat|fil bifogad|fil vedlagt|fil vedhæftet|liitetty tiedosto|文件附件|附件|檔案已附加|附上檔案|ファイル添付
添付ファイル|파일 첨부됨|첨부 파일|ไฟล์ที่แนบมา|แนบไฟล์แล้ว|tệp đính kèm|đã đính kèm file|الملف مرفق|ملف مرفق|ملف مُرفَق|הקובץ מצורף|फ़ाइल संलग्न|फ़ाइल अटैच की गई|ফাইল সংযুক্ত|αρχείο επισυνάφθηκε|nakalakip na file
""".strip().replace("\n", "|")

_EDITED = """
this message was edited|diese nachricht wurde bearbeitet|este mensaje fue editado|se editó este mensaje|se editó este mensaje.|ce message a été modifié|questo messaggio è stato modificato|mensagem editada
esta mensagem foi editada|dit bericht is bewerkt|pesan ini diedit|pesan ini telah diedit|mesej ini telah diedit|это сообщение изменено|сообщение изменено|данное сообщение изменено|bu mesaj düzenlendi
此消息已被编辑|此消息已编辑|此訊息已編輯|此訊息已被編輯|このメッセージは編集されました|이 메시지는 수정되었습니다|메시지가 수정되었습니다|ข้อความนี้ถูกแก้ไขแล้ว|มีการแก้ไขข้อความนี้|tin nhắn này đã được chỉnh sửa|tin nhắn này đã chỉnh sửa
تم تعديل هذه الرسالة|تم تحرير هذه الرسالة|ההודעה נערכה|यह मैसेज एडिट किया गया|यह संदेश संपादित किया गया था|wiadomość została zmieniona|na-edit ang mensaheng ito|inedit ang mensaheng ito
""".strip().replace("\n", "|")

_DELETED = """
this message was deleted|you deleted this message|message deleted|this message was deleted by admin|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|se eliminó este mensaje|eliminaste este mensaje
este mensaje fue eliminado|esta mensagem foi apagada|você apagou esta mensagem|esta mensagem foi eliminada|eliminaste esta mensagem|mensagem apagada|ce message a été supprimé|vous avez supprimé ce message
questo messaggio è stato eliminato|hai eliminato questo messaggio|dit bericht is verwijderd|je hebt dit bericht verwijderd|bu mesaj silindi|bu mesajı sildiniz|pesan ini telah dihapus|pesan ini dihapus|anda menghapus pesan ini
anda telah menghapus pesan ini|mesej ini telah dipadam|anda memadamkan mesej ini|это сообщение удалено|это сообщение было удалено|данное сообщение удалено|вы удалили это сообщение|вы удалили данное сообщение|це повідомлення видалено
此消息已删除|此消息已被删除|您删除了这条消息|您已删除此消息|你已删除此消息|此訊息已刪除|此訊息已被刪除|你已刪除此訊息|您已刪除此訊息|このメッセージは削除されました|このメッセージを削除しました|이 메시지는 삭제되었습니다|삭제된 메시지입니다|메시지를 삭제했습니다|ข้อความนี้ถูกลบแล้ว|ข้อความนี้ถูกลบ|คุณลบข้อความนี้แล้ว|คุณลบข้อความนี้
tin nhắn này đã bị xóa|bạn đã xóa tin nhắn này|تم حذف هذه الرسالة|لقد حذفت هذه الرسالة|حذفت هذه الرسالة|ההודעה נמחקה|यह मैसेज डिलीट कर दिया गया|यह संदेश हटा दिया गया था|यह मैसेज हटा दिया गया था|आपने यह मैसेज डिलीट किया|আপনি এই মেসেজ মুছে দিয়েছেন|এই মেসেজ মুছে দেওয়া হয়েছে
tato zpráva byla odstraněna|wiadomość została usunięta|usunięto tę wiadomość|binura ang mensaheng ito
""".strip().replace("\n", "|")

_NOTICES = """
messages and calls are|messages to this group are|messages to this chat|nachrichten und anrufe sind|los mensajes y las llamadas|los mensajes y llamadas|les messages et les appels|les messages et appels|i messaggi e le chiamate
as mensagens e as chamadas|as mensagens e ligações|as mensagens e as ligações|berichten en oproepen|berichten en gesprekken|mesajlar ve aramalar|pesan dan panggilan|mesej dan panggilan|сообщения и звонки|повідомлення й дзвінки
消息和通话|訊息和通話|訊息與通話|メッセージと通話|메시지와 통화|ข้อความและการโทร|tin nhắn và cuộc gọi|الرسائل والمكالمات|ההודעות והשיחות|मैसेज और कॉल|zprávy a hovory|wiadomości i połączenia|ang mga mensahe at tawag
missed voice call|missed video call|missed group voice call|missed group video call|voice call|video call|silenced voice call|silenced video call|group call|verpasster sprachanruf|verpasster videoanruf|sprachanruf|videoanruf
llamada perdida|llamada de voz perdida|videollamada perdida|llamada de voz|videollamada|appel vocal|appel vidéo|chiamata vocale|videochiamata|chamada de voz|chamada de vídeo|ligação de voz|ligação de vídeo|gemiste spraakoproep
gemiste video-oproep|cevapsız sesli arama|cevapsız görüntülü arama|panggilan suara|panggilan video|panggilan tak terjawab|пропущенный аудиозвонок|пропущенный видеозвонок|аудиозвонок|видеозвонок|未接语音通话|未接视频通话|语音通话|视频通话
未接語音通話|未接視訊通話|語音通話|視訊通話|不在着信|부재중 음성통화|부재중 영상통화|สายที่ไม่ได้รับ|สายสนทนาด้วยเสียงที่ไม่ได้รับ|cuộc gọi thoại nhỡ|cuộc gọi video nhỡ|cuộc gọi thoại|cuộc gọi video|مكالمة صوتية|مكالمة فيديو|मिस्ड वॉइस कॉल|मिस्ड वीडियो कॉल
waiting for this message|warten auf diese nachricht|esperando el mensaje|aguardando mensagem|en attente de ce message|menunggu pesan ini|ожидание сообщения|正在等待此消息|you received a view once message|this group was added to|this business
""".strip().replace("\n", "|")

_EVENTS = """
created group|created this group|changed the subject|changed the group name|changed this group|changed the group|changed to +|changed their phone number|added you to|hat die gruppe|hat den betreff|hat den gruppennamen|creó el grupo|cambió el asunto|cambió el nombre
a créé le groupe|a changé le sujet|a modifié le nom|ha creato il gruppo|ha cambiato l'oggetto|ha modificato l'oggetto|criou o grupo|criou este grupo|mudou o assunto|mudou o nome|alterou o assunto|heeft de groep|heeft het onderwerp
grubunu oluşturdu|konuyu|membuat grup|mengubah subjek|mengubah nama grup|mencipta kumpulan|создал|изменил|创建了群组|更改了主题|建立了群組|變更了主旨|สร้างกลุ่ม|เปลี่ยนชื่อกลุ่ม|đã tạo nhóm|đã đổi tên|đã thay đổi|أنشأ|غيّر|ग्रुप बनाया|विषय बदल
""".strip().replace("\n", "|")


def _spaces_of_any_kind(phrases: str) -> str:
    return "|".join(r"[\s\u200e\u200f]+".join(map(re.escape, phrase.split())) for phrase in sorted(set(phrases.split("|")), key=len, reverse=True))


_MARK = f"[{MARKS}]{{0,4}}"
_NAME = r"[^\n<>]{1,255}"  # a file name, as long as file systems let it be
_DOCUMENT = r"\.(?:pdf|docx?|xlsx?|pptx?|odt|rtf|txt|csv|vcf|apk|jpe?g|png|mp4|mp3)"
_PAGES = rf"^{_MARK}{_NAME}{_DOCUMENT}(?: • [^\n•]{{1,30}})? "  # `Offer.pdf • 3 pages`, before the mark of a document

EDITED = re.compile(rf"\s{{0,4}}{_MARK}<(?:{_spaces_of_any_kind(_EDITED)})>\s{{0,4}}\Z", re.IGNORECASE)
"""The mark at the end of an edited message."""

OMITTED = re.compile(
    rf"^{_MARK}<?(?:{_spaces_of_any_kind(_OMITTED_MEDIA)})>?{_MARK}[ \t]{{0,4}}$"
    rf"|(?:{_PAGES})?(?:^{_MARK}|[\u200e\u200f])(?:{_spaces_of_any_kind(_OMITTED_ON_IPHONE)})\.?[ \t]{{0,4}}$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line (on iPhones: the end of one) that stands for media which were not exported."""

ATTACHED = re.compile(
    rf"^{_MARK}(?P<android>{_NAME}\.\w{{2,5}}){_MARK} \((?:{_spaces_of_any_kind(_ATTACHED)})\)[ \t]{{0,4}}$"
    rf"|^{_MARK}(?P<numbered>(?:IMG|VID|PTT|AUD|STK|DOC|GIF)-\d{{8}}-WA\d{{4}}\.\w{{2,5}})(?: \([^()\n]{{1,60}}\))?[ \t]{{0,4}}$"
    rf"|(?:{_PAGES})?{_MARK}<[^\n<>:：\d]{{1,24}}[:：] ?{_MARK}(?P<iphone>{_NAME}\.\w{{2,5}}) ?>"
    rf"|^{_MARK}(?P<old_iphone>{_NAME}\.\w{{2,5}}) <{_MARK}[^\n<>:：\d]{{2,24}}>",
    re.IGNORECASE | re.MULTILINE,
)
"""The name of a media file that was exported beside the chat."""

GENERATED = re.compile(rf"(?:{_PAGES})?[\u200e\u200f][^\n]*")
"""A line that WhatsApp on an iPhone wrote, in whatever language, if the head of the message has such a mark too; nobody can type one there."""

STICKER = re.compile(r"^STK-|-STICKER-|\.webp\Z", re.IGNORECASE)
"""Names of stickers: pictures that people pick from a set."""

DELETED = re.compile(rf"{_MARK}(?:{_spaces_of_any_kind(_DELETED)})[.。।]?\s*", re.IGNORECASE)
"""A whole message that stands for a deleted one."""

NOTICE = re.compile(rf"[{MARKS}\s]{{0,8}}(?:{_spaces_of_any_kind(_NOTICES)})", re.IGNORECASE)
"""How notices and calls start that an export shows as sent by someone."""

EVENT = re.compile(_spaces_of_any_kind(_EVENTS), re.IGNORECASE)
"""What group events say; they may quote a name that holds a colon, and then look as if they had a sender."""

CONTACT = re.compile(r"https?:|www\.|t\.me/|@\w|\d(?:[ -]?\d){5}", re.IGNORECASE)
"""What no notice holds: a way to get in touch. A text with one is kept, however it starts."""
