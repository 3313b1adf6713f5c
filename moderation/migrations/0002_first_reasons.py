"""The first list of reasons for rejection; staff edit it in the administration site."""

from typing import Any

from django.db import migrations

REASONS: list[dict[str, str]] = [
    {
        "code": "outside_region",
        "name": "Вопрос не относится к нашему региону",
        "name_en": "Not a matter of this region",
        "legal_ground": "Часть 3 статьи 8 Федерального закона от 02.05.2006 № 59-ФЗ",
        "legal_ground_en": "Federal Law No. 59-FZ of 2 May 2006, article 8, part 3",
        "letter": (
            "Указанное вами место находится за границами региона, поэтому наши "
            "органы власти не могут помочь по существу. Направьте сообщение "
            "через портал того региона, где находится это место. Если вы "
            "ошиблись при выборе точки на карте, исправьте её и отправьте "
            "сообщение ещё раз."
        ),
        "letter_en": (
            "The place you marked lies outside the region, so our authorities "
            "cannot act on your message. Please use the portal of the region in"
            " question. If the point on the map is wrong, correct it and send "
            "the message again."
        ),
    },
    {
        "code": "not_competent",
        "name": "Вопрос не решают органы власти",
        "name_en": "Not within the powers of public authorities",
        "legal_ground": "Статья 11 Гражданского кодекса Российской Федерации",
        "legal_ground_en": "Civil Code of the Russian Federation, article 11",
        "letter": (
            "Вы описали спор между частными лицами. Органы власти не вправе "
            "решать его за стороны: такие споры рассматривает суд. Бесплатную "
            "юридическую консультацию можно получить в юридическом бюро "
            "региона, если вы относитесь к льготной категории."
        ),
        "letter_en": (
            "You describe a dispute between private persons. Authorities may "
            "not settle it for the parties; such disputes are heard by a court."
            " Free legal advice is available at the regional legal bureau for "
            "entitled persons."
        ),
    },
    {
        "code": "obscenity",
        "name": "Нецензурные или оскорбительные выражения, угрозы",
        "name_en": "Obscene or insulting language, threats",
        "legal_ground": "Часть 3 статьи 11 Федерального закона от 02.05.2006 № 59-ФЗ",
        "legal_ground_en": "Federal Law No. 59-FZ of 2 May 2006, article 11, part 3",
        "letter": (
            "В тексте есть нецензурные или оскорбительные выражения либо "
            "угрозы. По закону такое обращение может быть оставлено без ответа "
            "по существу, а злоупотреблять правом на обращение недопустимо. Мы "
            "понимаем, что проблема важна для вас: опишите её спокойно, и мы "
            "примем сообщение."
        ),
        "letter_en": (
            "Your text contains obscene or insulting words or threats. The law "
            "lets an authority leave such an appeal without an answer on the "
            "merits. We understand that the problem matters to you: please "
            "describe it calmly and we will accept the message."
        ),
    },
    {
        "code": "unclear",
        "name": "Непонятно, в чём проблема",
        "name_en": "The subject is unclear",
        "legal_ground": "Часть 4.1 статьи 11 Федерального закона от 02.05.2006 № 59-ФЗ",
        "legal_ground_en": "Federal Law No. 59-FZ of 2 May 2006, article 11, part 4.1",
        "letter": (
            "Из текста не удалось понять, что произошло и о чём вы просите. "
            "Напишите, пожалуйста, что именно не так, где это находится и с "
            "какого времени. Фотография тоже поможет."
        ),
        "letter_en": (
            "We could not understand from the text what has happened and what "
            "you ask for. Please say what is wrong, where, and since when. A "
            "photograph helps too."
        ),
    },
    {
        "code": "no_place",
        "name": "Не указано конкретное место",
        "name_en": "No definite place",
        "legal_ground": "Правила размещения сообщений на портале",
        "legal_ground_en": "Rules for messages on the portal",
        "letter": (
            "По сообщению нельзя найти место: не указан дом, перекрёсток или "
            "другой ориентир, а точка на карте стоит не там, где описано в "
            "тексте. Уточните адрес или переставьте точку, и мы сразу передадим"
            " сообщение исполнителю."
        ),
        "letter_en": (
            "The place cannot be found: there is no house, junction or other "
            "landmark, and the point on the map does not match the text. Please"
            " specify the address or move the point and we will pass the "
            "message on at once."
        ),
    },
    {
        "code": "duplicate",
        "name": "Сообщение об этом уже есть",
        "name_en": "Already reported",
        "legal_ground": "Правила размещения сообщений на портале",
        "legal_ground_en": "Rules for messages on the portal",
        "letter": (
            "О той же проблеме в том же месте уже опубликовано сообщение, и "
            "исполнитель работает над ним. Откройте его на карте и нажмите "
            "«Поддержать»: вы будете получать те же уведомления, что и автор."
        ),
        "letter_en": (
            "The same problem at the same place has been published already and "
            "the authority is working on it. Open it on the map and press "
            "“Support”: you will get the same notices as its author."
        ),
    },
    {
        "code": "repeated_answered",
        "name": "Ответ по существу уже давался неоднократно",
        "name_en": "Answered several times before",
        "legal_ground": "Часть 5 статьи 11 Федерального закона от 02.05.2006 № 59-ФЗ",
        "legal_ground_en": "Federal Law No. 59-FZ of 2 May 2006, article 11, part 5",
        "letter": (
            "На этот вопрос вы уже не раз получали ответы по существу, а новых "
            "доводов или обстоятельств в сообщении нет. Если они появились, "
            "напишите о них, и мы примем сообщение к рассмотрению."
        ),
        "letter_en": (
            "You have received answers on the merits of this question more than"
            " once, and the message holds no new arguments or facts. If there "
            "are any, describe them and we will accept the message."
        ),
    },
    {
        "code": "third_person_data",
        "name": "Личные данные других людей",
        "name_en": "Personal data of other people",
        "legal_ground": "Статьи 6 и 7 Федерального закона от 27.07.2006 № 152-ФЗ",
        "legal_ground_en": "Federal Law No. 152-FZ of 27 July 2006, articles 6 and 7",
        "letter": (
            "В тексте или на фотографии есть личные данные других людей: "
            "фамилии, телефоны, номера квартир, документы или диагнозы. Без "
            "согласия этих людей публиковать их нельзя. Уберите такие сведения "
            "и отправьте сообщение ещё раз, исполнителю они не понадобятся."
        ),
        "letter_en": (
            "The text or a photograph holds personal data of other people: "
            "names, telephones, flat numbers, documents or diagnoses. They may "
            "not be published without consent. Remove them and send the message"
            " again; the authority does not need them."
        ),
    },
    {
        "code": "photo_of_person",
        "name": "Снимок человека без его согласия",
        "name_en": "Photograph of a person without consent",
        "legal_ground": "Статья 152.1 Гражданского кодекса Российской Федерации",
        "legal_ground_en": "Civil Code of the Russian Federation, article 152.1",
        "letter": (
            "На приложенном снимке крупно показан человек, которого можно "
            "узнать. Публиковать его изображение без согласия нельзя. Замените "
            "снимок или закройте лицо и отправьте сообщение снова."
        ),
        "letter_en": (
            "The attached picture shows a recognisable person. It may not be "
            "published without that person's consent. Replace the picture or "
            "cover the face and send the message again."
        ),
    },
    {
        "code": "advertising",
        "name": "Реклама",
        "name_en": "Advertising",
        "legal_ground": "Статья 4 Федерального закона от 02.05.2006 № 59-ФЗ",
        "legal_ground_en": "Federal Law No. 59-FZ of 2 May 2006, article 4",
        "letter": (
            "Сообщение содержит рекламу товаров, услуг или страниц в интернете "
            "и не содержит предложения, заявления или жалобы. Реклама на "
            "портале не размещается."
        ),
        "letter_en": (
            "The message advertises goods, services or web pages and holds no "
            "proposal, application or complaint. The portal carries no "
            "advertising."
        ),
    },
    {
        "code": "emergency",
        "name": "Нужна экстренная помощь",
        "name_en": "An emergency service is needed",
        "legal_ground": "Федеральный закон от 30.12.2020 № 488-ФЗ",
        "legal_ground_en": "Federal Law No. 488-FZ of 30 December 2020",
        "letter": (
            "Вы сообщили о происшествии, которое угрожает жизни или здоровью. "
            "Портал не принимает вызовы: сообщения рассматриваются в течение "
            "двух суток. Немедленно позвоните по номеру 112. Если опасность "
            "миновала, а проблема осталась, напишите нам о ней."
        ),
        "letter_en": (
            "You report an event that threatens life or health. The portal "
            "takes no emergency calls: messages are considered within two days."
            " Call 112 immediately. If the danger is over and the problem "
            "remains, write to us about it."
        ),
    },
    {
        "code": "extremism",
        "name": "Призывы к незаконным действиям",
        "name_en": "Calls for unlawful acts",
        "legal_ground": "Статья 13 Федерального закона от 25.07.2002 № 114-ФЗ",
        "legal_ground_en": "Federal Law No. 114-FZ of 25 July 2002, article 13",
        "letter": (
            "В тексте есть призывы к действиям, запрещённым законом, или "
            "разжигание вражды. Такое сообщение не может быть опубликовано. О "
            "самой проблеме вы можете написать без таких призывов."
        ),
        "letter_en": (
            "The text calls for acts forbidden by law or incites hatred, and "
            "cannot be published. You may write about the problem itself "
            "without such calls."
        ),
    },
    {
        "code": "court_decision",
        "name": "Обжалование судебного решения",
        "name_en": "Appeal against a court decision",
        "legal_ground": "Часть 2 статьи 11 Федерального закона от 02.05.2006 № 59-ФЗ",
        "legal_ground_en": "Federal Law No. 59-FZ of 2 May 2006, article 11, part 2",
        "letter": (
            "Вы просите пересмотреть судебное решение. Органы власти не могут "
            "его изменить: решение обжалуют в вышестоящем суде в порядке и в "
            "сроки, которые указаны в самом решении."
        ),
        "letter_en": (
            "You ask to revise a court decision. Authorities cannot change it: "
            "it is appealed to a higher court in the order and time stated in "
            "the decision itself."
        ),
    },
    {
        "code": "not_a_message",
        "name": "Проверочное сообщение или набор знаков",
        "name_en": "Test message or random characters",
        "legal_ground": "Часть 4 статьи 11 Федерального закона от 02.05.2006 № 59-ФЗ",
        "legal_ground_en": "Federal Law No. 59-FZ of 2 May 2006, article 11, part 4",
        "letter": (
            "Прочесть текст не удалось: он похож на проверку или случайный "
            "набор знаков. Если вы хотели сообщить о проблеме, опишите её "
            "обычными словами."
        ),
        "letter_en": (
            "The text cannot be read: it looks like a test or random "
            "characters. If you meant to report a problem, describe it in "
            "ordinary words."
        ),
    },
]


def fill(apps: Any, schema_editor: Any) -> None:
    reason = apps.get_model("moderation", "RejectionReason")
    for position, fields in enumerate(REASONS, start=1):
        reason.objects.get_or_create(
            code=fields["code"], defaults={**fields, "position": position * 10}
        )


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
