"""Draws the sentences of the corpus: free English, a grammar, word strings, spoken forms and call-centre sentences.

The language model inside the decoder must not win over the ear, so most of it cannot be guessed: see SHARES.
"""
import json
import random

import sentences
from sentences import capital

SHARES = {"call": 0.36, "free": 0.20, "swapped": 0.11, "grammar": 0.06, "words": 0.18, "forms": 0.09}
PREPOSITIONS = "in on under behind near with without for about against from over before after beside".split()
DETERMINERS = "the the the a this that every my your his her our their some".split()
SUBJECTS = "I you we they".split()
MODALS = "can could will would should must might may cannot".split()


class Grammar:
    """Simple English sentences from a lexicon: right in form, with little sense."""

    def __init__(self, lexicon):
        self.lexicon = lexicon

    def noun_phrase(self, r):
        if r.random() < 0.12:
            return r.choice(SUBJECTS + ["he", "she", "it"])
        adjective = [r.choice(self.lexicon["adjectives"])] if r.random() < 0.45 else []
        if r.random() < 0.3:
            words = [r.choice(["the", "these", "those", "many", "few", "two", "three", "seven", "twelve"])] + adjective + [r.choice(self.lexicon["plurals"])]
        else:
            words = [r.choice(DETERMINERS)] + adjective + [r.choice(self.lexicon["nouns"])]
            if words[0] == "a" and words[1][0] in "aeiou":
                words[0] = "an"
        return " ".join(words)

    def object_phrase(self, r):
        phrase = self.noun_phrase(r)
        return {"I": "me", "we": "us", "they": "them", "he": "him", "she": "her"}.get(phrase, phrase)

    def tail(self, r):
        if r.random() < 0.4:
            return " " + r.choice(PREPOSITIONS) + " " + self.object_phrase(r)
        return " " + r.choice(self.lexicon["adverbs"]) if r.random() < 0.4 else ""

    def clause(self, r):
        base, _, past = r.choice(self.lexicon["verbs"])
        verb = past if r.random() < 0.55 else r.choice(MODALS) + " " + base
        return f"{self.noun_phrase(r)} {verb} {self.object_phrase(r)}{self.tail(r)}"

    def sentence(self, r):
        base = r.choice(self.lexicon["verbs"])[0]
        kind = r.random()
        if kind < 0.55:
            return capital(self.clause(r)) + "."
        if kind < 0.7:
            return capital(f"{r.choice(['did', 'can', 'will', 'why did', 'when will', 'how can'])} {self.noun_phrase(r)} {base} {self.object_phrase(r)}?")
        if kind < 0.82:
            return capital(f"{base} {self.object_phrase(r)}{self.tail(r)}.")
        if kind < 0.92:
            return capital(f"{self.noun_phrase(r)} {r.choice(['was', 'will be', 'has never been'])} {r.choice(self.lexicon['adjectives'])}{self.tail(r)}.").replace(
                "I was", "I am").replace("I has", "I have")
        return capital(f"{r.choice(['if', 'because', 'when', 'although'])} {self.clause(r)}, {self.clause(r)}.")


class SpeechText:
    """All sentences of a texts.json."""

    def __init__(self, path):
        with open(path) as f:
            self.texts = json.load(f)
        self.grammar = Grammar(self.texts["lexicon"])
        self.kinds, self.shares = list(SHARES), list(SHARES.values())

    def words(self, r):
        """No grammar at all; frequent words no oftener than rare ones."""
        return capital(" ".join(r.choice(self.texts["words"]) for _ in range(r.randint(3, 9)))) + r.choice([".", ".", ".", "?"])

    def swapped(self, r):
        """Free English in which some words are others: what comes next follows from nothing but the sound."""
        share = r.uniform(0.2, 0.6)
        words = [r.choice(self.texts["words"]) + (w[-1] if w[-1] in ",.?" else "") if r.random() < share else w
                 for w in r.choice(self.texts["train"]).split()]
        return capital(" ".join(words))

    def forms(self, r):
        name, place = r.choice(self.texts["names"]), r.choice(self.texts["places"])
        spelled = " ".join(r.choice([name, place, r.choice(sentences.LAST)]).upper())
        return capital(r.choice([
            sentences.say_digits(r, r.randint(2, 12)), sentences.say_code(r), sentences.say_money(r), sentences.say_date(r), sentences.say_time(r),
            sentences.say_number(r.randint(0, 999)), spelled, f"it is spelled {spelled}", f"{name} from {place}", f"my name is {name}, {spelled}",
            f"{name} and {r.choice(self.texts['names'])} are in {place}", f"I am {name} {r.choice(sentences.LAST)} and I live in {place}"])) + "."

    def draw(self, r):
        kind = r.choices(self.kinds, self.shares)[0]
        if kind == "call":
            return sentences.sentence(r, 0.05)
        if kind == "free":
            return r.choice(self.texts["train"])
        if kind == "grammar":
            return self.grammar.sentence(r)
        return getattr(self, kind)(r)


if __name__ == "__main__":
    import sys
    text, r = SpeechText(sys.argv[1]), random.Random(0)
    for _ in range(60):
        print(text.draw(r))
