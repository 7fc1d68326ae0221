"""Free English from Debian's packages: the example sentences of WordNet (wordnet-base) and the novels of Jane Austen
(r-cran-janeaustenr), cleaned to words, commas and a mark at the end."""
import re
import zlib
from collections import Counter

PARTS = ("noun", "verb", "adj", "adv")
SENTENCE = re.compile(r"[A-Za-z][A-Za-z' ,]*[.?]")
SPOKEN_OTHERWISE = re.compile(r"\b([A-Z]{2,}|[b-hj-zB-HJ-Z]|ii|iii|iv|vi|xi|Mr|Mrs|Dr|St|no|vs|etc|oz|lb|ft|sq)\b")
R_STRING = re.compile(rb"\x00\x04\x00\x09(....)", re.DOTALL)  # R's serialised ASCII string: type and flags, then the length


def clean(text):
    """A sentence of words that are spoken as they are written, or None."""
    text = re.sub(r"\s+", " ", text.replace("`", "").replace("_", "").replace("--", ", ").replace(";", ",").replace(":", ",")).strip(" '\",.")
    text = text.replace("!", ".").replace(" ,", ",").replace(",,", ",")
    if text[-1:] not in (".", "?"):
        text += "."
    text = text[:1].upper() + text[1:]
    words = text.split()
    if not 3 <= len(words) <= 16 or len(text) > 95 or not SENTENCE.fullmatch(text) or SPOKEN_OTHERWISE.search(text):
        return None
    return text if all(re.fullmatch(r"[A-Za-z]+('[a-z]+)?[,.?]?", w) for w in words) else None


def glosses(wordnet):
    for part in PARTS:
        with open(f"{wordnet}/data.{part}", encoding="latin1") as f:
            for line in f:
                if not line.startswith("  "):
                    yield line.split("|", 1)[1]


def from_wordnet(wordnet):
    return [example for gloss in glosses(wordnet) for example in re.findall(r'"([^"]+)"', gloss)]


def strings(database):
    """The ASCII strings of a package's lazily loaded R objects: (length, zlib stream) one after another."""
    raw, at = open(database, "rb").read(), 0
    while at < len(raw):
        stream = zlib.decompressobj()
        data = stream.decompress(raw[at + 4:])
        at = len(raw) - len(stream.unused_data)
        for found in R_STRING.finditer(data):
            first = found.end()
            yield data[first:first + int.from_bytes(found[1], "big")].decode("ascii", "ignore")


def from_austen(database):
    """Lines are joined to paragraphs (an empty line ends one); what is said between quotation marks is taken by itself."""
    paragraph, out = [], []
    for line in list(strings(database)) + [""]:
        if line.strip():
            paragraph.append(line.strip())
        elif paragraph:
            text = re.sub(r"\b(Mr|Mrs|Dr)\.", lambda m: {"Mr": "Mister", "Mrs": "Missus", "Dr": "Doctor"}[m[1]], " ".join(paragraph))
            out += [s for part in re.split(r'["()]', text) for s in re.split(r"(?<=[.?!;])\s+", part)]
            paragraph = []
    return out


def words_of(text):
    return re.findall(r"[a-z']+", text.lower())


def sentences(wordnet, austen, least=3):
    """All clean sentences once, in which every word occurs at least `least` times in all of them; and the words' counts."""
    kept = list(dict.fromkeys(filter(None, map(clean, from_wordnet(wordnet) + from_austen(austen)))))
    while True:
        counts = Counter(w for s in kept for w in words_of(s))
        rest = [s for s in kept if all(counts[w] >= least for w in words_of(s))]
        if len(rest) == len(kept):
            return kept, counts
        kept = rest
