#include "model/vocabulary.h"

#include "common/error.h"
#include "common/file.h"
#include "common/json.h"

namespace amanuensis {
namespace {

class Reader {
 public:
  Reader(const std::string &folder, int64_t vocab_size) : folder_(folder), vocab_size_(vocab_size) {
    vocabulary_.contents.resize(static_cast<size_t>(vocab_size));
    vocabulary_.added.resize(static_cast<size_t>(vocab_size));
  }

  Vocabulary read() {
    if (file_exists(folder_ + "/vocab.json")) {
      read_separate_files();
    } else {
      read_one_file(folder_ + "/tokenizer.json");
    }
    for (const auto &[content, token] : vocabulary_.tokens) {
      const bool special = content.starts_with("<|") && content.ends_with("|>");
      vocabulary_.added[static_cast<size_t>(token)] = vocabulary_.added[static_cast<size_t>(token)] || special;
    }
    return std::move(vocabulary_);
  }

 private:
  void read_separate_files() {
    const std::string vocab = folder_ + "/vocab.json", added = folder_ + "/added_tokens.json";
    vocabulary_.source = vocab;
    add_all(vocab, parse_json(read_text_file(vocab), vocab), false);
    if (file_exists(added)) {
      add_all(added, parse_json(read_text_file(added), added), true);
    }
    read_merges(folder_ + "/merges.txt");
  }

  void read_one_file(const std::string &path) {
    vocabulary_.source = path;
    const Json json = parse_json(read_text_file(path), path);
    const Json *model = json.find("model");
    const Json *vocab = model ? model->find("vocab") : nullptr;
    const Json *merges = model ? model->find("merges") : nullptr;
    if (!vocab || !merges || !merges->array()) {
      fail(AM_ERROR_MODEL, path, ": model.vocab or model.merges is missing");
    }
    add_all(path, *vocab, false);
    for (const Json &merge : *merges->array()) {
      add_merge(path, merge);
    }
    const Json *added = json.find("added_tokens");
    for (size_t i = 0; added && added->array() && i < added->array()->size(); ++i) {
      const Json &entry = (*added->array())[i];
      const Json *content = entry.find("content"), *id = entry.find("id");
      if (!content || !content->text() || !id) {
        fail(AM_ERROR_MODEL, path, ": added_tokens: entry ", i, " has no id or no content");
      }
      add(path, *content->text(), *id, true);
    }
  }

  void add_all(const std::string &path, const Json &object, bool added) {
    if (!object.object()) {
      fail(AM_ERROR_MODEL, path, ": not an object of tokens");
    }
    for (const auto &[content, id] : *object.object()) {
      add(path, content, id, added);
    }
  }

  void add(const std::string &path, const std::string &content, const Json &id, bool added) {
    int64_t token = 0;
    if (!id.integer_in(0, vocab_size_ - 1, token)) {
      fail(AM_ERROR_MODEL, path, ": the id of token \"", content, "\" is not from 0 to ", vocab_size_ - 1,
           ", where vocab_size of config.json ends");
    }
    const auto place = static_cast<size_t>(token);
    const auto [found, is_new] = vocabulary_.tokens.emplace(content, static_cast<int32_t>(token));
    if (found->second != token || (is_new && !vocabulary_.contents[place].empty())) {
      fail(AM_ERROR_MODEL, path, ": token \"", content, "\" and id ", token, " contradict an earlier entry");
    }
    vocabulary_.contents[place] = content;
    vocabulary_.added[place] = vocabulary_.added[place] || added;
  }

  void read_merges(const std::string &path) {
    const std::string text = read_text_file(path);
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      std::string line = text.substr(at, end - at);
      if (line.ends_with('\r')) {
        line.pop_back();
      }
      if (!line.empty() && !(at == 0 && line.starts_with("#version"))) {
        add_merge(path, Json(std::move(line)));
      }
      at = end + 1;
    }
  }

  /** "a b" or ["a", "b"]. */
  void add_merge(const std::string &path, const Json &merge) {
    if (const std::string *line = merge.text()) {
      const size_t blank = line->find(' ');
      if (blank != std::string::npos && line->find(' ', blank + 1) == std::string::npos) {
        vocabulary_.merges.emplace_back(line->substr(0, blank), line->substr(blank + 1));
        return;
      }
    } else if (const Json::Array *pair = merge.array();
               pair && pair->size() == 2 && (*pair)[0].text() && (*pair)[1].text()) {
      vocabulary_.merges.emplace_back(*(*pair)[0].text(), *(*pair)[1].text());
      return;
    }
    fail(AM_ERROR_MODEL, path, ": merge ", vocabulary_.merges.size() + 1, " is not a pair of tokens");
  }

  std::string folder_;
  int64_t vocab_size_;
  Vocabulary vocabulary_;
};

}  // namespace

bool has_tokenizer(const std::string &folder) {
  return file_exists(folder + "/vocab.json") || file_exists(folder + "/tokenizer.json");
}

Vocabulary read_vocabulary(const std::string &folder, int64_t vocab_size) {
  return Reader(folder, vocab_size).read();
}

}  // namespace amanuensis
