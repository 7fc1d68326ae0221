#pragma once

#include <cstdint>

#include "common/error.h"

namespace amanuensis {

/** The errors of a batch of windows, the same in every back end. */

[[noreturn]] inline void fail_no_window(int64_t ticket) {
  fail(AM_ERROR_ARGUMENT, "no window has ticket ", ticket, "; it was never given out, or the window has left");
}

[[noreturn]] inline void fail_not_ended(int64_t ticket) {
  fail(AM_ERROR_ARGUMENT, "the window of ticket ", ticket, " is still being decoded; am_decoder_advance tells which have ended");
}

/** needed: sequences of a window; room: those left to it. */
inline void require_sequences(int64_t needed, int64_t room, int64_t most) {
  if (needed > most) {
    fail(AM_ERROR_OPTION, "option \"beam-size\" is ", needed, ", but the decoder was opened for ", most,
         " sequences; legal: up to its option \"windows\"");
  }
  if (needed > room) {
    fail(AM_ERROR_CAPACITY, "the window needs ", needed, " of the decoder's ", most, " sequences, and ", room,
         " are free; take or remove windows that have ended");
  }
}

}  // namespace amanuensis
