#pragma once

#include <cstdint>
#include <string_view>

#include "back_end/back_end.h"

namespace amanuensis {

/** The answers of am_model_number and am_decoding_measure. An unknown key is AM_ERROR_ARGUMENT with the legal ones. */
int64_t number_of(const ModelFacts &facts, std::string_view key);
double measure_of(const DecodedWindow &window, std::string_view key);

}  // namespace amanuensis
