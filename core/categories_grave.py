"""What no bot should settle: the same for every kind of business."""

from core.categories import Category

GRAVE_CATEGORIES = (
    Category(
        name="legal",
        description="Lawyers, courts, legal threats, authorities.",
        tier=3,
        urgency="high",
        escalates=True,
        examples=(
            "You will hear from my lawyer",
            "I am going to take you to court",
            "This is a breach of contract and I will sue",
            "I will report you to the consumer protection office",
            "My solicitor advised me to write to you",
            "We are preparing legal action",
            "Ich schalte meinen Anwalt ein",
            "Voy a denunciarlos",
        ),
    ),
    Category(
        name="fraud",
        description="Stolen cards or accounts, payments nobody authorised, scams.",
        tier=3,
        urgency="high",
        escalates=True,
        examples=(
            "Somebody used my card without my permission",
            "My account was hacked and things were ordered",
            "I did not authorise this payment, my card was stolen",
            "Someone opened an account in my name",
            "I think I was scammed by one of your sellers",
            "A stranger is ordering on my account",
            "Meine Karte wurde gestohlen und benutzt",
        ),
    ),
    Category(
        name="threat",
        description="Threats against people or property.",
        tier=3,
        urgency="high",
        escalates=True,
        examples=(
            "I know where your office is and I will come and hurt you",
            "I will burn your shop down",
            "You people deserve to get beaten up",
            "Watch your back when you leave work",
        ),
    ),
    Category(
        name="self_harm",
        description="Somebody may harm themselves.",
        tier=3,
        urgency="high",
        escalates=True,
        examples=(
            "I do not want to live any more",
            "I am going to hurt myself",
            "I cannot go on, I want it all to end",
            "Ich will nicht mehr leben",
        ),
    ),
    Category(
        name="data_loss",
        description="Work, files or records of the customer are gone.",
        tier=3,
        urgency="high",
        escalates=True,
        examples=(
            "All my files are gone after the update",
            "Your product deleted my entire project",
            "Everything we entered this year has vanished",
            "The sync wiped our database",
            "Our documents disappeared and the backup is empty",
            "My whole workspace has been erased",
            "Alle meine Daten sind weg",
        ),
    ),
)
