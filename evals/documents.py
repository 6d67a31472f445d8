"""Random answers as a model might write them, in every shape of Markdown, some of them made to do harm."""

import random

_WORDS = (
    "order refund parcel return label account password card shipped delayed invoice support team please check the a of "
    "to and with your our within days ümlaut señal 返金 注文 заказ استرداد 👍 👩‍👩‍👧 e\u0301te naïve Größe"
).split()
LIES = {"[https://bank.example](https://evil.example/login)": "evil.example/login"}
"""Links that say one thing and lead to another, and what has to be seen of them."""
_HARM = (
    *LIES,
    "@everyone",
    "@here",
    "@channel",
    "<!channel>",
    "<!here|here>",
    "<!subteam^S012AB|@ops>",
    "<@U012ABCD>",
    "<@123456789012345678>",
    "<@&123456789012345678>",
    "@every\u200bone",
    "<\u200b!channel>",
    "`@everyone`",
    "<b>bold</b>",
    "your <order-number>",
    "![pixel](https://img.example/p.png)",
    "5 * 3 * 2 < 40 & snake_case_name",
)
_CODE = (
    "x = 1",
    "if a < b:",
    "    return a & b",
    "",
    "# comment",
    "print('@everyone')",
    "ls | grep '*'",
    "<!-- x -->",
)


class Documents:
    """The same documents for the same seed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def document(self) -> str:
        """One answer; most are short, some are longer than any message may be."""
        count = self._dice.choice([1, 2, 3, 4, 6, 8, 40] if self._dice.random() < 0.15 else [1, 2, 3, 4, 6, 8])
        makers = (
            self._prose,
            self._prose,
            self._prose,
            self._list,
            self._code,
            self._quote,
            self._heading,
            self._table,
        )
        return "\n\n".join(self._dice.choice(makers)() for _ in range(count))

    def pieces(self, text: str) -> list[str]:
        """The text as a model's chunks, broken anywhere."""
        found: list[str] = []
        at = 0
        while at < len(text):
            size = self._dice.choice([1, 2, 3, 4, 5, 6, 8, 12, 40])
            found.append(text[at : at + size])
            at += size
        return found

    def words(self, most: int) -> str:
        """Running words with a mark here and there."""
        said = [self._dice.choice(_WORDS) for _ in range(self._dice.randint(1, most))]
        for _ in range(self._dice.choice([0, 0, 1, 2])):
            at = self._dice.randrange(len(said))
            said[at] = self._marked(said[at])
        if self._dice.random() < 0.12:
            said.insert(self._dice.randrange(len(said) + 1), self._dice.choice(_HARM))
        return " ".join(said)

    def _marked(self, word: str) -> str:
        form = self._dice.choice(["**{}**", "*{}*", "`{}`", "~~{}~~", "[{}](https://shop.example/help/{}-a_b)"])
        return form.replace("{}", word, 1).replace("{}", str(self._dice.randint(1, 99)))

    def _prose(self) -> str:
        return f"{self.words(90)}."

    def _heading(self) -> str:
        return f"{'#' * self._dice.randint(1, 4)} {' '.join(self._dice.sample(_WORDS, 3))}\n\n{self.words(30)}"

    def _list(self) -> str:
        lines: list[str] = []
        is_ordered = self._dice.random() < 0.4
        for n in range(self._dice.randint(1, 8)):
            lines.append(f"{n + 1}. {self.words(12)}" if is_ordered else f"- {self.words(12)}")
            if self._dice.random() < 0.2:
                lines.append(f"{'   ' if is_ordered else '  '}- {self.words(6)}")
        return "\n".join(lines)

    def _code(self) -> str:
        lines = [self._dice.choice(_CODE) for _ in range(self._dice.choice([1, 4, 12, 90]))]
        return f"```{self._dice.choice(['', 'py', 'sh', 'json'])}\n" + "\n".join(lines) + "\n```"

    def _quote(self) -> str:
        return "\n".join(f"> {self.words(15)}" for _ in range(self._dice.randint(1, 4)))

    def _table(self) -> str:
        columns = self._dice.randint(2, 4)
        rows = [[self._dice.choice(_WORDS) for _ in range(columns)] for _ in range(self._dice.randint(2, 6))]
        ruler = ["---"] * columns
        return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ruler, *rows[1:]])
