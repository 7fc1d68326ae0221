"""Places known words by the exported alignment head, topology "frames": every frame names the letter spoken in it, or none."""
import json

import numpy as np
import torch

from decode import read_safetensors


class AlignmentHead:
    def __init__(self, folder):
        with open(folder + "/alignment_head.json") as f:
            settings = json.load(f)
        if settings["topology"] != "frames":
            raise ValueError(f"{folder}/alignment_head.json: topology {settings['topology']}; this places words by `frames` only")
        self.classes = {c: i for i, c in enumerate(settings["classes"])}
        self.tensors = read_safetensors(folder + "/alignment_head.safetensors")

    @torch.no_grad()
    def place(self, net, mel, words):
        """[word, start, end] in seconds for each of the words, by the likeliest path (Viterbi) through their letters."""
        states = net.encoder(torch.from_numpy(np.asarray(mel, np.float32))[None].transpose(1, 2))[0].numpy()
        scores = torch.from_numpy(states @ self.tensors["weight"].T + self.tensors["bias"]).log_softmax(-1).numpy()
        heard, owner = [0], [-1]
        for i, word in enumerate(words):
            spelled = [self.classes[c] for c in word.lower() if c in self.classes]
            heard += spelled + [0]
            owner += [i] * len(spelled) + [-1]
        path = best_path(scores[:, heard], np.array(owner) < 0)
        placed = []
        for i, word in enumerate(words):
            at = np.nonzero(np.array(owner)[path] == i)[0]
            placed.append([word, at[0] / 50, (at[-1] + 1) / 50])
        return placed


def best_path(scores, passable):
    """scores: (frames, states) in their order; a passable state may be left out. Returns the state of each frame."""
    frames, states = scores.shape
    skip = np.concatenate([[False, False], passable[1:-1]])  # from two states before
    best = np.full(states, -np.inf)
    best[:2] = scores[0, :2]
    steps = np.zeros((frames, states), np.int8)
    for t in range(1, frames):
        options = np.stack([best, np.concatenate([[-np.inf], best[:-1]]),
                            np.where(skip, np.concatenate([[-np.inf, -np.inf], best[:-2]]), -np.inf)])
        steps[t] = options.argmax(0)
        best = options.max(0) + scores[t]
    state = states - 1 if best[-1] > best[-2] else states - 2
    path = [state]
    for t in range(frames - 1, 0, -1):
        state -= steps[t, state]
        path.append(state)
    return path[::-1]
