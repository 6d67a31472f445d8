"""Names of emoji that models write, such as `:tada:`: Discord's clients change them as one types, its API does not."""

import re
from collections.abc import Sequence

_SHORTCODE = re.compile(r"(?<![\w:<]):(?P<name>[a-z0-9_+-]{2,30}):(?![\w:>])")

_TABLE = """
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 100 💯 tada 🎉 party_popper 🎉 confetti_ball 🎊 sparkles ✨ star ⭐
star2 🌟 fire 🔥 rocket 🚀 zap ⚡ boom 💥 bulb 💡 wave 👋 clap 👏 pray 🙏 raised_hands 🙌 ok_hand 👌
muscle 💪 handshake 🤝 point_right 👉 point_left 👈 point_up ☝️ point_down 👇 eyes 👀 heart ❤️
blue_heart 💙 green_heart 💚 yellow_heart 💛 purple_heart 💜 broken_heart 💔 smile 😄 smiley 😃
grinning 😀 grin 😁 blush 😊 slightly_smiling_face 🙂 wink 😉 joy 😂 laughing 😆 sweat_smile 😅
relieved 😌 sunglasses 😎 thinking 🤔 thinking_face 🤔 confused 😕 worried 😟 disappointed 😞 cry 😢
sob 😭 hugs 🤗 hugging_face 🤗 shrug 🤷 facepalm 🤦 white_check_mark ✅ heavy_check_mark ✔️
ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ no_entry ⛔ no_entry_sign 🚫
warning ⚠️ rotating_light 🚨 exclamation ❗ question ❓ information_source ℹ️ bell 🔔 hourglass ⌛
hourglass_flowing_sand ⏳ stopwatch ⏱️ alarm_clock ⏰ calendar 📅 date 📅 clipboard 📋 memo 📝
pencil 📝 pencil2 ✏️ page_facing_up 📄 file_folder 📁 open_file_folder 📂 book 📖 books 📚 link 🔗
paperclip 📎 pushpin 📌 round_pushpin 📍 mag 🔍 mag_right 🔎 lock 🔒 unlock 🔓 key 🔑 gear ⚙️ wrench 🔧
hammer 🔨 hammer_and_wrench 🛠️ tools 🛠️ toolbox 🧰 bug 🐛 computer 💻 desktop_computer 🖥️ iphone 📱
phone ☎️ telephone_receiver 📞 email 📧 envelope ✉️ incoming_envelope 📨 mailbox 📫 package 📦
truck 🚚 shopping_cart 🛒 shopping_bags 🛍️ gift 🎁 moneybag 💰 money_with_wings 💸 credit_card 💳
dollar 💵 euro 💶 receipt 🧾 label 🏷️ bar_chart 📊 chart_with_upwards_trend 📈
chart_with_downwards_trend 📉 arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️
arrows_counterclockwise 🔄 repeat 🔁 recycle ♻️ heavy_plus_sign ➕ heavy_minus_sign ➖ red_circle 🔴
green_circle 🟢 yellow_circle 🟡 large_blue_circle 🔵 white_circle ⚪ black_circle ⚫ one 1️⃣
two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 robot 🤖
robot_face 🤖 ticket 🎫 trophy 🏆 medal 🏅 speech_balloon 💬 camera 📷 art 🎨 house 🏠 earth_africa 🌍
earth_americas 🌎 earth_asia 🌏 globe_with_meridians 🌐 sunny ☀️ coffee ☕ seedling 🌱
"""
_WORDS: Sequence[str] = _TABLE.split()
_KNOWN: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
"""The common ones; a name that is not here stays as it was written."""


def with_emoji(text: str) -> str:
    """Known names as the characters that they stand for."""
    return _SHORTCODE.sub(lambda found: _KNOWN.get(found["name"], found[0]), text) if ":" in text else text
