"""Writes tokenizer-goldens.json: what independent tokenizers make of texts.

    python3 make_tokenizer_goldens.py > tokenizer-goldens.json

Needs `tokenizers` (Hugging Face; run with 0.23.2) for the token ids of the demo model's vocabulary and merges, and `regex`
(run with 2026.9.29) for GPT-2's pre-tokenisation of random Unicode.
"""
import json
import random
from pathlib import Path

import regex
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel

MODEL = Path(__file__).parents[2] / "demo-model" / "model"
GPT2 = regex.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", regex.V1)
TEXTS = [
    "", " ", "  ", "Hello", " Hello, world!", "The order number is eight two three five eight five.",
    "I'm sure you've seen we'll go; they'd say it's theirs, don't they're?", "'sample 'tis O'Reilly's", "tabs\tand\n\nnew lines \n ",
    "three   spaces", "trailing   ", "   leading", "12 345,67 and 8th", "naïve café Zürich Straße", "日本語のテキスト。", "안녕하세요 세계",
    "Привет, мир!", "مرحبا بالعالم ١٢٣", "हिन्दी में १२३", "ภาษาไทย", "😀👍🏽 family 👨‍👩‍👧", "a\u00a0b\u2003c\u3000d", "\u200bzero\u200dwidth", "é vs e\u0301",
    "½ ² Ⅷ ೩", "<|endoftext|> <|0.00|> stays text", "x" * 300, "the the the " * 40, "a_b-c d/e", "\x00\x01\x7f", "𝒳𝓎 \U0001F1E9\U0001F1EA",
]
ALPHABET = list("aB1 '_-.\t\n") + [" ", "  ", "'s", "'re", "é", "ß", "Ж", "中", "あ", "٣", "५", "½", "Ⅷ", "\u00a0", "\u2003", "\u3000", "\u0301", "\u200d", "😀", "𝒳",
                                   "\u0e01", "\u1680", "\u2028", "\u0085", "ª", "ǅ", "ʰ", "〇", "\U00010107", "\ua9d0", "\U0001e7e0"]

tokenizer = Tokenizer(BPE.from_file(str(MODEL / "vocab.json"), str(MODEL / "merges.txt")))
tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
rng = random.Random(20261121)
random_texts = ["".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, 24))) for _ in range(300)]
assert all("".join(GPT2.findall(t)) == t for t in TEXTS + random_texts)
print(json.dumps({
    "encoded": [{"text": t, "tokens": tokenizer.encode(t).ids} for t in TEXTS + random_texts[:100]],
    "pieces": [{"text": t, "pieces": GPT2.findall(t)} for t in TEXTS + random_texts],
}, indent=None, separators=(",", ":")))
