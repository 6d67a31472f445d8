"""Our fixed lines in German."""

from collections.abc import Mapping

from core import phrases

LINES: Mapping[str, str] = {
    phrases.HANDED_OFF: (
        "Ich habe das an einen Menschen weitergegeben. Dort ist unser ganzes Gespräch zu sehen; du musst "
        "nichts wiederholen."
    ),
    phrases.FAILED: "Bei mir ist etwas schiefgegangen, deshalb habe ich das an einen Menschen weitergegeben.",
    phrases.NO_MODEL: (
        "Ich erreiche mein Sprachmodell gerade nicht, deshalb habe ich das an einen Menschen weitergegeben."
    ),
    phrases.TIMED_OUT: (
        "Das hat länger gedauert, als ich dich warten lassen darf; ich habe es an einen Menschen weitergegeben."
    ),
    phrases.BUDGET: (
        "Für diesen Fall ist aufgebraucht, was ich verwenden darf; ich habe ihn an einen Menschen weitergegeben."
    ),
    phrases.STEP_LIMIT: (
        "Das konnte ich in den Schritten, die ich habe, nicht erledigen. Ich habe es an einen Menschen weitergegeben."
    ),
    phrases.OFFER_PERSON: (
        "Wenn lieber ein Mensch danach sehen soll, sag es oder drück auf „Mit einem Menschen sprechen“."
    ),
    phrases.NOT_UNDERSTOOD: "Damit kam weder Text noch Bild bei mir an. Was kann ich für dich tun?",
    phrases.NEEDS_LINK: "Ich sehe dein Kundenkonto von diesem Chat aus nicht, deshalb muss ein Mensch dabei helfen.",
    phrases.NEEDS_PERSON_FRESH: (
        "Dafür muss erst jemand sicherstellen, dass du es noch bist; deshalb muss ein Mensch dabei helfen."
    ),
    phrases.NEEDS_PROOF: (
        "Dafür muss ich wissen, welcher Kunde du bist. Drück auf **Ich bin es**: Es dauert eine Minute, "
        "nur du siehst es, und danach mache ich von selbst mit deiner Frage weiter."
    ),
    phrases.NEEDS_FRESH: (
        "Dafür muss ich sicher sein, dass du es noch bist. Drück auf **Ich bin es**; danach mache ich von"
        " selbst mit deiner Frage weiter."
    ),
    phrases.LATE: "Entschuldige die Verspätung: Ich war nicht da und habe das eben erst gelesen.",
    phrases.CLAIM_WITHDRAWN: "Das habe ich nicht getan: Bisher wurde nichts ausgeführt.",
    phrases.AWAY: "Unser Team ist gerade nicht da und ab {when} zurück; dann antwortet hier ein Mensch.",
    phrases.AWAY_ON_CALL: (
        "Unser Team ist bis {when} nicht da. Weil es dringend ist, habe ich den Bereitschaftsdienst gerufen."
    ),
    phrases.EXPECTED: "Bis {when} sollte hier ein Mensch antworten.",
    phrases.CALLBACK_OFFER: "Wenn du lieber zurückgerufen werden willst, schreib, wann. Frei sind: {when}.",
    phrases.STOPPED: "_Angehalten._",
    phrases.TAKEN_OVER: "_Ab hier hat jemand aus dem Team übernommen._",
    phrases.NOTHING_TO_STOP: "Es läuft gerade nichts, das ich anhalten könnte.",
    phrases.WITHDRAWN: "_Du hast deine Nachricht zurückgenommen, also habe ich aufgehört._",
    phrases.AGAIN: "Ich schreibe eine andere Antwort.",
    phrases.AGAIN_ALREADY: (
        "Das habe ich schon ein zweites Mal beantwortet. Sag mir, was nicht stimmte, dann sehe ich mir das an."
    ),
    phrases.AGAIN_LATE: "Das Gespräch ist seitdem weitergegangen. Frag noch einmal, dann antworte ich darauf.",
    phrases.DRAFTED: (
        "Jemand aus dem Team sieht sich meine Antwort an, bevor ich sie schicke. Sie kommt hierher; du "
        "musst nichts tun."
    ),
    phrases.DRAFTED_MORE: "Das habe ich dazugenommen. Jemand aus dem Team sieht es sich an, bevor ich antworte.",
    phrases.HANDED_OFF_NOBODY: (
        "Ich habe das für einen Menschen vorgemerkt, aber hier ist noch kein Platz für das Team "
        "angeschlossen; es bleibt als Fall {case} offen."
    ),
    phrases.ALREADY_WITH_PEOPLE: (
        "Das liegt schon bei einem Menschen (Fall {case}). Was du hier schreibst, kommt dort an."
    ),
    phrases.HANDED_BACK: "Ich bin in diesem Gespräch zurück und kann dir weiterhelfen.",
    phrases.PICTURES_FULL: (
        "Ich sehe mir am Tag {most} Bilder einer Person an, und die sind aufgebraucht. Ein Mensch kann "
        "sich mehr ansehen."
    ),
    phrases.PACE: "Du schreibst schneller, als ich antworten kann. Ich habe alles und antworte gleich.",
    phrases.DAY_FULL: (
        "Du hast erreicht, was ich einer Person heute beantworten kann. Ein Mensch kann dir helfen: nimm /escalate."
    ),
    phrases.NOT_KNOWN: (
        "Nicht ausgeführt: {title}. Seit darum gebeten wurde, steht nicht mehr fest, wessen Konto das "
        "ist. Frag noch einmal, dann stelle ich es sicher."
    ),
    phrases.NOT_FRESH: "Noch nicht ausgeführt: {title}. Es ist zu lange her, dass du gezeigt hast, wer du bist.",
    phrases.GOING_ON: "Ich mache jetzt mit deiner Frage weiter.",
    phrases.VOUCHED: (
        "Jemand aus dem Team hat bestätigt, welcher Kunde du bist. Ich mache jetzt mit deiner Frage weiter."
    ),
    phrases.ASK_AGAIN: "Du kannst mich jetzt fragen.",
    phrases.CONFIRM_HOW: "Antworte **ja**, dann tue ich genau das; bei allem anderen passiert nichts.",
    phrases.NOT_CONFIRMED: "Dazu wurde nichts getan: {title}.",
    phrases.TOO_MUCH: (
        "{title}: Das ist mehr, als hier auf einmal getan werden darf. Ein Mensch kann es sich mit dir ansehen."
    ),
    phrases.PHOTO_NEEDED: (
        "{title}: Dafür brauche ich ein Foto, das den Schaden zeigt. Schick hier bitte eines, dann mache ich weiter."
    ),
    phrases.CALLBACK_AGREED: "Wir melden uns hier wieder bei dir: {when}.",
    phrases.CALLBACK_CANCELLED: "Der Rückruf ({when}) ist abgesagt.",
    phrases.CALLBACK_NOW: (
        "Es ist Zeit für das, was wir vereinbart haben ({when}). Unser Team hat deinen Fall vor sich; als"
        " Nächstes meldet sich ein Mensch."
    ),
    phrases.CALLBACK_LATE: (
        "Wir wollten uns bei dir melden ({when}), und noch hat es niemand getan. Das tut uns leid. Unser "
        "Team ist noch einmal gerufen; dein Fall bleibt dort."
    ),
    phrases.NUDGE: "Wir warten hier noch auf deine Antwort. Ohne sie halten wir das für gelöst: {when}.",
    phrases.NUDGE_ONLY: "Wir warten hier noch auf deine Antwort.",
    phrases.TRANSCRIPT: "Das Protokoll steht jetzt in diesem Gespräch.",
    phrases.TRANSCRIPT_AGAIN: "Das Protokoll steht schon in diesem Gespräch; seitdem wurde nichts gesagt.",
    phrases.RATED: "Deine Bewertung: {stars}. Danke!",
    phrases.COMMENTED: "Danke, unser Team liest das.",
    phrases.TALK_TO_PERSON: "Mit einem Menschen sprechen",
    phrases.VERIFY: "Ich bin es",
    phrases.HELPFUL: "Hilfreich",
    phrases.NOT_HELPFUL: "Nicht hilfreich",
    phrases.TRY_AGAIN: "Noch einmal",
    phrases.ASK_SOLVED: "Ist das für dich gelöst?",
    phrases.IS_SOLVED: "Ja, gelöst",
    phrases.NOT_SOLVED: "Noch nicht",
    phrases.GLAD: "Danke!",
    phrases.TEAM_GOES_ON: "Ich habe es dem Team gesagt; dort geht es weiter.",
    phrases.ASK_RATING: "Wie waren wir?",
    phrases.RATING_TAKEN: "Danke für die Bewertung.",
    phrases.ADD_COMMENT: "Etwas dazu sagen",
    phrases.GIVE_TRANSCRIPT: "Protokoll",
    phrases.PASSED_ON: "Weitergegeben als Fall {case}.",
    phrases.NO_CASE: "Du hast bei mir keinen offenen Fall.",
}
