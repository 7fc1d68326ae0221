"""Collects the English that is spoken for training: writes one file, after which no text package is needed any more.

    python3 texts.py --out texts.json --austen r-cran-janeaustenr/usr/lib/R/site-library/janeaustenr/data/Rdata.rdb

Of the sentences of free English 1 in 25 is held out, chosen by a hash of its words, if every word of it is in at least five of
the others. Word strings are made of words that sound like no other known word.
"""
import argparse
import ctypes
import gzip
import hashlib
import json
import re
from collections import Counter

import english
from lexicon import lexicon

HOLD_OUT_ONE_IN = 25
KNOWN_FROM = 5  # sentences with the word


def held_out(text):
    return hashlib.sha256(" ".join(english.words_of(text)).encode()).digest()[0] % HOLD_OUT_ONE_IN == 0


def split(sentences):
    candidates = [s for s in sentences if held_out(s)]
    train = [s for s in sentences if not held_out(s)]
    known = Counter(w for s in train for w in set(english.words_of(s)))
    return train, [s for s in candidates if len(s.split()) >= 4 and all(known[w] >= KNOWN_FROM for w in english.words_of(s))]


def sounds(words):
    """How espeak-ng says each word."""
    lib = ctypes.CDLL("libespeak-ng.so.1")
    lib.espeak_Initialize(2, 0, None, 0)
    lib.espeak_SetVoiceByName(b"gmw/en-US")
    lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
    out = []
    for word in words:
        text = ctypes.c_char_p(word.encode())
        out.append(lib.espeak_TextToPhonemes(ctypes.byref(text), 1, 0).decode())
    return out


def distinct_words(sentences, counts):
    """The words that are not only names, the most frequent one of each sound."""
    common = {w.strip(",.?") for s in sentences for w in s.split()}
    words = [w for w, _ in counts.most_common() if w in common and re.fullmatch(r"[a-z]{2,}('t)?", w)]
    first = {}
    for word, sound in zip(words, sounds(words)):
        first.setdefault(sound, word)
    return list(first.values())


def names(path, most=11):
    with gzip.open(path, "rt", encoding="latin1") as f:
        return sorted({line.strip() for line in f if re.fullmatch(r"[A-Z][a-z]{2,%d}" % most, line.strip())})


def places(path):
    """The names of cities.dat of miscfiles."""
    with gzip.open(path, "rt", encoding="latin1") as f:
        return sorted(set(re.findall(r"^Name +: ([A-Z][a-z]{3,11})$", f.read(), re.MULTILINE)))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", required=True)
    p.add_argument("--wordnet", default="/usr/share/wordnet")
    p.add_argument("--austen", default="/usr/lib/R/site-library/janeaustenr/data/Rdata.rdb")
    p.add_argument("--names", default="/usr/share/dict/propernames.gz")
    p.add_argument("--places", default="/usr/share/misc/cities.dat.gz")
    a = p.parse_args()
    sentences, counts = english.sentences(a.wordnet, a.austen)
    train, held = split(sentences)
    texts = {"train": train, "held_out": held, "lexicon": lexicon(a.wordnet, counts), "words": distinct_words(sentences, counts),
             "names": names(a.names), "places": places(a.places)}
    with open(a.out, "w") as f:
        json.dump(texts, f)
    print({k: len(v) for k, v in texts.items()}, {k: len(v) for k, v in texts["lexicon"].items()})


if __name__ == "__main__":
    main()
