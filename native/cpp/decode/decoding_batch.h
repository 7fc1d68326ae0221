#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "decode/window_decoding.h"
#include "model/decoder.h"

namespace amanuensis {

/** Caches of one kind that windows take and give back. Memory is taken as they are first needed, and kept. */
class CachePool {
 public:
  KeyValues *take(const Decoder &network, KeyValues (Decoder::*make)() const);
  void give_back(KeyValues *cache);
  int64_t bytes() const;

 private:
  std::vector<std::unique_ptr<KeyValues>> all_;
  std::vector<KeyValues *> free_;
};

/** What a batch keeps of its windows for the times of their words. */
struct Keeping {
  bool letters = false;  // if the model has a head for them
  bool trace = false;    // if the model has alignment heads
};

/**
 * Windows that are decoded together, one token of each a step. A window joins between any two steps and leaves when it
 * has ended; its result does not depend on the others. Belongs to one thread at a time.
 */
class DecodingBatch {
 public:
  /** most_sequences: in memory together; a window takes as many as its beam is wide. keeping: for the words' times. */
  DecodingBatch(const Whisper &whisper, const DecodingRules &rules, const CacheNumbers &caches,
                int64_t most_sequences, Keeping keeping = {});

  /**
   * Reads the states of a window [positions][d_model], at most max_source_positions. Returns its ticket, above all before. Throws
   * AM_ERROR_CAPACITY while there is no room for its sequences, AM_ERROR_OPTION for options that the model or this batch
   * cannot follow, and as Team::checkpoint().
   */
  int64_t add(Team &team, const float *states, int64_t positions, const DecodeOptions &options);

  /**
   * Steps until a window has ended that was not told of, or none is left to be decoded; writes the tickets of those that
   * have, as many as there is room for. Throws as Team::checkpoint(): the windows are then as after the last whole step.
   */
  int64_t advance(Team &team, std::span<int64_t> out_tickets);

  /** The result of a window that has ended; or throws its error. */
  DecodedWindow result(int64_t ticket);

  /** The same, and the window leaves. */
  DecodedWindow take(int64_t ticket);

  /** Decodes a window that has ended once more. Throws as add(); the window is then as it was. */
  void retry(int64_t ticket, const DecodeOptions &options);

  /** A window leaves, whether or not it has ended. */
  void remove(int64_t ticket);

  /** The keys and values of the states of a window that has not left, and the network that reads them. */
  const KeyValues &source(int64_t ticket) { return *window(ticket).source; }
  /** The letters in the sound of a window that has not left; of no positions if they are not kept. */
  const LetterScores &letters(int64_t ticket) { return window(ticket).letters; }
  /** The trace of these tokens if a window's last decoding chose them and ended well; null too if none was kept, as of a beam. */
  const AlignmentTrace *trace(int64_t ticket, std::span<const int32_t> tokens);
  Decoder &network() { return network_; }

  /** Sequences that could be added now. */
  int64_t room() const { return most_sequences_ - taken_; }
  int64_t bytes() const;

 private:
  struct Window {
    uint64_t checksum;
    KeyValues *source;
    LetterScores letters;
    std::unique_ptr<AlignmentTrace> trace;  // null if none is kept
    std::vector<KeyValues *> pasts;  // the first of them of the sequences in their order
    int64_t position = 0;
    std::optional<WindowDecoding> decoding;
    bool ended = false;
  };

  Window &window(int64_t ticket);
  std::unique_ptr<AlignmentTrace> take_trace(int64_t positions);
  void start(Window &window, const DecodeOptions &options);
  void give_pasts_back(Window &window);
  void step(Team &team);
  void follow_parents(Team &team, Window &window);

  const Whisper &whisper_;
  const DecodingRules &rules_;
  const int64_t most_sequences_;
  const Keeping keeping_;
  Decoder network_;
  CachePool sources_, pasts_;
  std::vector<std::unique_ptr<AlignmentTrace>> traces_;  // of no window now
  int64_t taken_ = 0;  // sequences of the windows here
  int64_t next_ticket_ = 1;
  std::map<int64_t, Window> windows_;  // by ticket
  std::deque<int64_t> ended_;          // and not told of
};

}  // namespace amanuensis
