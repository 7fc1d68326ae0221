#pragma once

#include <memory>

#include "back_end/back_end.h"
#include "common/options.h"

namespace amanuensis {

/** Opens a folder with the back end that the options name. folder: null only for echo. */
std::unique_ptr<Model> open_model(const char *folder, const Options *options);

}  // namespace amanuensis
