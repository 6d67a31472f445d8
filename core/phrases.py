"""Fixed lines: said by code, so always true and never invented."""

TAKEN_OVER = "_A colleague has taken over from here._"
STOPPED = "_Stopped._"
STEP_LIMIT = (
    "I could not finish this in the steps I am allowed. I have passed it to a person."
)
FAILED = "Something went wrong on my side, so I have passed this to a person."
NO_MODEL = (
    "I cannot reach my language model just now, so I have passed this to a person."
)
TIMED_OUT = (
    "This took longer than I may keep you waiting, so I have passed it to a person."
)
BUDGET = (
    "This case has used up what I may spend on it, so I have passed it to a person."
)
HANDED_OFF = "I have passed this to a person. They see our whole conversation; you do not need to repeat anything."
HANDED_OFF_NOBODY = "I have marked this for a person, but no staff place is connected here yet; it stays open as case {case}."
ALREADY_WITH_PEOPLE = (
    "This is already with a person (case {case}). What you write here reaches them."
)
HANDED_BACK = "I am back on this conversation and can help you further."
NOT_UNDERSTOOD = "I did not get any text or picture with that. What can I do for you?"
NO_VISION = "I can read text in pictures, but I cannot see what they show."
PACE = "You are writing faster than I can answer. I have everything and will reply in a moment."
NOT_ALLOWED = "Only staff can do that here."
NOT_FOUND = "I could not find that any more; it may have been closed."
NO_CASE = "You have no open case with me."
CLAIM_WITHDRAWN = "I have not done that: nothing was carried out yet."
EMPTY_ANSWER = "I have no answer to that. Would you like to talk to a person?"
NEEDS_LINK = "I cannot see your customer account from this chat, so a person has to help with this."
