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
    phrases.OFFER_PERSON: "Wenn lieber ein Mensch danach sehen soll, sag es oder drück auf „Talk to a person“.",
    phrases.NOT_UNDERSTOOD: "Damit kam weder Text noch Bild bei mir an. Was kann ich für dich tun?",
    phrases.NEEDS_LINK: "Ich sehe dein Kundenkonto von diesem Chat aus nicht, deshalb muss ein Mensch dabei helfen.",
    phrases.NEEDS_PERSON_FRESH: (
        "Dafür muss erst jemand sicherstellen, dass du es noch bist; deshalb muss ein Mensch dabei helfen."
    ),
    phrases.NEEDS_PROOF: (
        "Dafür muss ich wissen, welcher Kunde du bist. Drück auf **Verify it's me**: Es dauert eine Minute, "
        "nur du siehst es, und danach mache ich von selbst mit deiner Frage weiter."
    ),
    phrases.NEEDS_FRESH: (
        "Dafür muss ich sicher sein, dass du es noch bist. Drück auf **Verify it's me**; danach mache ich von"
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
}
