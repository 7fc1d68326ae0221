"""Turns stored windows into training batches: log-mels, tokens and targets, letters, and where each token was spoken."""
import glob
import json

import numpy as np
import torch

import augment

LETTERS = {c: i + 1 for i, c in enumerate("abcdefghijklmnopqrstuvwxyz' ")}
IGNORE = -100
CUT_SHARE = 0.3


class Corpus:
    def __init__(self, folder):
        self.folder, self.seen, self.items = folder, set(), []
        self.refresh()

    def refresh(self):
        for path in sorted(glob.glob(self.folder + "/shard-*.npy")):
            if path not in self.seen:
                self.seen.add(path)
                data = np.load(path, mmap_mode="r")
                with open(path[:-4] + ".jsonl") as f:
                    self.items += [(data, json.loads(line)) for line in f]


def make_example(r, tok, item, texts):
    """Returns tokens, targets, and (position, first second, last second) for the guided heads."""
    segments, cut = item["segments"], item["cut"]
    timed = cut is not None or r.random() < 0.5
    if timed and item.get("unfinished") and len(segments) > 1:
        segments, cut = segments[:-1], segments[-1]["start"]
    before = []
    if r.random() < 0.12:
        before = [tok.prev] + tok.encode(" " + " ".join(r.sample(texts, r.randint(1, 2))))[-60:]
    tokens = before + [tok.sot, tok.en, tok.transcribe]
    targets = [IGNORE] * len(before) + [tok.en if segments else tok.no_speech, tok.transcribe if segments else IGNORE]
    guide, last = [], 0
    if not timed:
        tokens.append(tok.no_timestamps)
    elif not segments:
        tokens.append(tok.timestamp(0))
    for segment in segments:
        if timed:
            # decoders allow at most 1.00 s as the first timestamp, so late starts are often written so
            early = segment is segments[0] and segment["start"] > 1.0 and r.random() < 0.6
            tokens.append(tok.timestamp(1.0 if early else segment["start"]))
        for word, start, end in segment["words"]:
            for t in tok.encode(" " + word):
                guide.append((len(tokens) - 1, start, end))
                tokens.append(t)
            last = end
        if timed:
            tokens.append(tok.timestamp(segment["end"]))
    if cut is not None:
        tokens.append(tok.timestamp(cut))
    if segments and not timed:
        guide.append((len(tokens) - 1, last + 0.02, last + 0.5))
    tokens.append(tok.eot)
    return tokens[:-1], (targets + tokens[len(targets) + 1:]), guide


def letters_of(item):
    text = " ".join(s["text"] for s in item["segments"]).lower()
    return [LETTERS[c] for c in text if c in LETTERS]


def frame_letters(item, frames):
    """For each encoder frame: the letter spoken there, 0 between words, IGNORE where nothing is known."""
    out = np.zeros(frames, np.int64)
    for segment in item["segments"]:
        for word, start, end in segment["words"]:
            spelled = [LETTERS[c] for c in word.lower() if c in LETTERS]
            first, last = int(start * 50), min(frames, max(int(end * 50), int(start * 50) + 1))
            if spelled and last > first:
                out[first:last] = np.array(spelled)[np.arange(last - first) * len(spelled) // (last - first)]
    if item["cut"] is not None:
        out[int(item["cut"] * 50):] = IGNORE
    return out


def load(r, stored):
    data, item = stored
    mel = np.asarray(data[item["offset"]: item["offset"] + item["frames"]], np.float32)
    if item["segments"] and r.random() < CUT_SHARE:
        mel, item = augment.cut(r, mel, item)
    return augment.disturb(r, mel), item


def make_batch(r, tok, stored, texts, full):
    """full: padded to the whole window of 10 s, and the padding heard; else to the longest clip, and the padding masked."""
    mels, items = zip(*(load(r, s) for s in stored))
    lengths = [len(m) // 2 for m in mels]
    longest = 1000 if full else 2 * max(lengths)
    batch = np.empty((len(mels), longest, 80), np.float32)
    for i, m in enumerate(mels):
        m = m[:longest]
        batch[i, :len(m)] = m
        batch[i, len(m):] = m.max() - augment.RANGE  # what Whisper's log-mel gives for digital silence beside this clip
    examples = [make_example(r, tok, item, texts) for item in items]
    width = max(len(e[0]) for e in examples)
    tokens = torch.full((len(items), width), tok.eot)
    targets = torch.full((len(items), width), IGNORE)
    guide = []
    for i, (a, b, g) in enumerate(examples):
        tokens[i, :len(a)], targets[i, :len(b)] = torch.tensor(a), torch.tensor(b)
        guide += [(i, p, s, e) for p, s, e in g if int(s * 50) <= lengths[i]]  # the end token may belong after the clip
    letters = np.full((len(items), longest // 2), IGNORE)
    mask = np.zeros((len(items), 1, 1, longest // 2), np.float32)
    for i, item in enumerate(items):
        letters[i, :lengths[i]] = frame_letters(item, lengths[i])
        mask[i, ..., lengths[i]:] = -1e4
    speech = [i for i, item in enumerate(items) if item["segments"] and item["cut"] is None]
    spelled = [letters_of(items[i]) for i in speech]
    return {"mel": torch.from_numpy(batch).transpose(1, 2), "mask": None if full else torch.from_numpy(mask), "tokens": tokens, "targets": targets,
            "guide": torch.tensor(guide, dtype=torch.float64).view(-1, 4), "frame_letters": torch.from_numpy(letters), "ctc_clips": torch.tensor(speech),
            "ctc_frames": torch.tensor([lengths[i] for i in speech]), "ctc_lengths": torch.tensor([len(s) for s in spelled]),
            "ctc_letters": torch.tensor([x for s in spelled for x in s]), "seconds": sum(lengths) / 50}


def batches(r, tok, corpus, seconds, full_share):
    """Endless batches of windows of similar length, about `seconds` of sound each; new shards are taken as they appear."""
    texts = [s["text"] for _, item in corpus.items[:5000] for s in item["segments"]]
    while True:
        corpus.refresh()
        chunk = r.sample(corpus.items, min(len(corpus.items), max(2000, int(seconds * 4))))
        chunk.sort(key=lambda x: x[1]["frames"] + r.randint(0, 40))
        groups, group, longest = [], [], 0
        for x in chunk:
            longest = max(longest, x[1]["frames"])
            if group and longest * (len(group) + 1) > seconds * 100:
                groups.append(group)
                group, longest = [], x[1]["frames"]
            group.append(x)
        groups.append(group)
        r.shuffle(groups)
        for group in groups:
            full = r.random() < full_share
            yield make_batch(r, tok, group[: max(1, int(seconds / 10 * 1.2))] if full else group, texts, full)
