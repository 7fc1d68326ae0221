#pragma once

#include <memory>
#include <string>
#include <vector>

#include "amanuensis.h"
#include "audio/filter_bank.h"
#include "audio/speech_detector.h"
#include "back_end/back_end.h"
#include "common/call.h"
#include "common/options.h"
#include "common/text.h"

/** What the opaque types of the C header hold. */

struct am_options {
  amanuensis::Options values;
};

struct am_call {
  amanuensis::Call call;
};

struct am_model {
  explicit am_model(std::unique_ptr<amanuensis::Model> opened)
      : model(std::move(opened)), languages(amanuensis::joined(model->facts().languages, ",")) {}

  const amanuensis::ModelFacts &facts() const { return model->facts(); }

  std::unique_ptr<amanuensis::Model> model;
  std::string languages;
};

struct am_session {
  const am_model &model;
  std::unique_ptr<amanuensis::Session> session;
};

struct am_detector {
  amanuensis::SpeechDetector network;
};

struct am_filter_bank {
  amanuensis::FilterBank filters;
};

struct am_decoder {
  const am_model &model;
  std::unique_ptr<amanuensis::Batch> batch;
  bool word_times;
};

struct am_decoding {
  std::vector<amanuensis::DecodedWindow> windows;
};

struct am_alignment {
  std::vector<amanuensis::AlignedWord> words;
};
