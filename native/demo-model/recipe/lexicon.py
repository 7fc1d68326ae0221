"""Word classes for the grammar: which of the known words are nouns, verbs, adjectives or adverbs, with their forms, from WordNet."""
import re
from collections import defaultdict

from english import PARTS

TRANSITIVE = {"8", "9", "10", "11"}  # "somebody / something ----s somebody / something"
DOUBLED = re.compile(r"[^aeiou][aeiou][bdgmnprt]$")


def irregular(wordnet, part):
    """Base form -> its irregular forms."""
    forms = defaultdict(list)
    with open(f"{wordnet}/{part}.exc") as f:
        for form, base, *_ in map(str.split, f):
            forms[base].append(form)
    return forms


def main_class(wordnet):
    """Word -> the class in which WordNet's texts use it most (by the number of its senses seen there)."""
    best = {}
    for part in PARTS:
        with open(f"{wordnet}/index.{part}") as f:
            for line in f:
                fields = line.split()
                if line.startswith(" ") or "_" in fields[0]:
                    continue
                pointers = int(fields[3])
                seen = int(fields[5 + pointers])
                if seen > best.get(fields[0], (0, ""))[0]:
                    best[fields[0]] = (seen, part)
    return {word: part for word, (_, part) in best.items()}


def transitive_verbs(wordnet):
    found = set()
    with open(f"{wordnet}/data.verb", encoding="latin1") as f:
        for line in f:
            if line.startswith("  "):
                continue
            frames = set(re.findall(r"\+ (\d\d) 00", line.split("|")[0]))
            if {str(int(x)) for x in frames} & TRANSITIVE:
                fields = line.split()
                found.update(fields[4 + 2 * i] for i in range(int(fields[3], 16)))
    return found


def with_ending(word, ending):
    if ending == "s":
        return word + "es" if re.search(r"(s|x|z|ch|sh)$", word) else word[:-1] + "ies" if re.search(r"[^aeiou]y$", word) else word + "s"
    if ending == "ed" and re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ied"
    if word.endswith("e") and not word.endswith(("ee", "ye", "oe")):
        return word[:-1] + ending
    return word + word[-1] + ending if len(word) < 5 and DOUBLED.search(word) else word + ending


def past(verb, irregular_forms):
    """The simple past: the form of verb.exc that is no participle, as far as its ending tells."""
    forms = [f for f in irregular_forms.get(verb, []) if not f.endswith(("ing", "n"))]
    return forms[0] if forms else with_ending(verb, "ed")


def lexicon(wordnet, counts, least=4):
    known = {w for w, n in counts.items() if n >= least and len(w) > 2 and "'" not in w}
    classes, transitive, verb_forms = main_class(wordnet), transitive_verbs(wordnet), irregular(wordnet, "verb")
    noun_forms = irregular(wordnet, "noun")
    of = {part: sorted(w for w in known if classes.get(w) == part) for part in PARTS}
    nouns = [(w, (noun_forms.get(w) or [with_ending(w, "s")])[0]) for w in of["noun"]]
    verbs = [(w, with_ending(w, "s"), past(w, verb_forms)) for w in of["verb"] if w in transitive]
    return {"nouns": of["noun"], "plurals": [many for _, many in nouns if many in counts], "verbs": [v for v in verbs if v[2] in counts],
            "adjectives": of["adj"], "adverbs": [w for w in of["adv"] if w.endswith("ly")]}
