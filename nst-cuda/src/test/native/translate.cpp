#include "translate.h"

#include <cctype>
#include <set>
#include <vector>

namespace cuemu {

namespace {

using Tokens = std::vector<std::string>;

bool isWord(char c) { return isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Words, numbers, literals, runs of blanks, whole preprocessor lines, and single other characters.
Tokens tokenise(const std::string& text) {
  Tokens tokens;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    char c = text[i];
    bool lineStart = i == 0 || text[i - 1] == '\n';
    if (c == '#' && lineStart) {
      end = text.find('\n', i);
      end = end == std::string::npos ? text.size() : end;
    } else if (isWord(c)) {
      while (end < text.size() && isWord(text[end])) end++;
    } else if (isspace(static_cast<unsigned char>(c))) {
      while (end < text.size() && isspace(static_cast<unsigned char>(text[end])) &&
             text[end - 1] != '\n') {
        end++;
      }
    } else if (c == '"' || c == '\'') {
      while (end < text.size() && text[end] != c) end += text[end] == '\\' ? 2 : 1;
      end++;
    }
    end = end < text.size() ? end : text.size();
    tokens.push_back(text.substr(i, end - i));
    i = end;
  }
  return tokens;
}

bool isBlank(const std::string& token) {
  return isspace(static_cast<unsigned char>(token[0])) || (token[0] == '#' && token.size() > 1);
}

bool contains(const Tokens& tokens, const char* word) {
  for (const auto& token : tokens) {
    if (token == word) return true;
  }
  return false;
}

struct Function {
  std::string name;
  bool isKernel = false;
  bool isTemplate = false;
  bool hasShared = false;
  std::string maxThreads = "1024";
  std::set<std::string> words;  // of its body: which functions it may call
};

class Translator {
 public:
  explicit Translator(const std::string& source) : tokens_(tokenise(source)) {}

  std::string run() {
    while (at_ < tokens_.size()) {
      const std::string& token = tokens_[at_];
      if (isBlank(token)) {
        out_ += token;
        at_++;
      } else if (token == "{") {
        openScope();
      } else if (token == "}") {
        take();
        head_.clear();
      } else if (token == ";") {
        take();
        endDeclaration();
      } else if (token == "extern" && nextWord(at_) == "__shared__") {
        dynamicShared("static CuemuDynamicShared<", "> ", "");
        head_.clear();
      } else {
        head_.push_back(token);
        take();
      }
    }
    return "namespace {\n" + out_ + "\n" + tail();
  }

 private:
  void take() { out_ += tokens_[at_++]; }

  // The next token behind blanks.
  std::string nextWord(size_t from) const {
    for (size_t i = from + 1; i < tokens_.size(); i++) {
      if (!isBlank(tokens_[i])) return tokens_[i];
    }
    return "";
  }

  // A brace outside functions: of a namespace, a class, an initialiser or a function's body.
  void openScope() {
    bool transparent = contains(head_, "namespace") || (contains(head_, "extern") && !contains(head_, "("));
    if (transparent) {
      take();
      head_.clear();
    } else if (contains(head_, "(") && !contains(head_, "=")) {
      functionBody();
      head_.clear();
    } else {
      skipBraces(nullptr, -1);
      head_.push_back("{}");
    }
  }

  void skipBraces(Function* function, int section) {
    int depth = 0;
    do {
      const std::string& token = tokens_[at_];
      depth += token == "{" ? 1 : token == "}" ? -1 : 0;
      if (function != nullptr && isWord(token[0])) {
        function->words.insert(token);
      }
      if (function != nullptr && token == "extern" && nextWord(at_) == "__shared__") {
        dynamicShared("", "* ", " = static_cast<");
      } else if (function != nullptr && token == "static" && nextWord(at_) == "__shared__") {
        at_++;
      } else if (function != nullptr && token == "__shared__") {
        function->hasShared = true;
        out_ += "static __attribute__((section(\"cuemu_shared_" + std::to_string(section) + "\")))";
        at_++;
      } else {
        take();
      }
    } while (depth > 0 && at_ < tokens_.size());
  }

  void functionBody() {
    Function function;
    function.isTemplate = contains(head_, "template");
    function.isKernel = contains(head_, "__global__") && !function.isTemplate;
    function.name = nameOf(head_);
    readLaunchBounds(&function);
    skipBraces(&function, int(functions_.size()));
    functions_.push_back(function);
  }

  // The word before the parameter list; the parentheses of attributes are no such list.
  static std::string nameOf(const Tokens& head) {
    std::string last;
    for (size_t i = 0; i < head.size(); i++) {
      bool attribute = last == "__launch_bounds__" || last == "__align__" || last == "alignas" ||
                       last == "__attribute__";
      if (head[i] == "(" && !attribute) return last;
      if (head[i] == "(") {
        int depth = 0;
        do {
          depth += head[i] == "(" ? 1 : head[i] == ")" ? -1 : 0;
          i++;
        } while (depth > 0 && i < head.size());
        i--;
      } else if (isWord(head[i][0])) {
        last = head[i];
      }
    }
    return last;
  }

  void readLaunchBounds(Function* function) const {
    for (size_t i = 0; i + 2 < head_.size(); i++) {
      if (head_[i] == "__launch_bounds__") {
        function->maxThreads.clear();
        int depth = 1;
        for (size_t k = i + 2; k < head_.size() && depth > 0; k++) {
          depth += head_[k] == "(" ? 1 : head_[k] == ")" ? -1 : 0;
          if (depth == 0 || (depth == 1 && head_[k] == ",")) break;
          function->maxThreads += head_[k] + " ";
        }
      }
    }
  }

  // `extern __shared__ T name[];` becomes a pointer to the launch's dynamic shared memory.
  void dynamicShared(const char* before, const char* between, const char* cast) {
    Tokens words;
    while (at_ < tokens_.size() && tokens_[at_] != ";") {
      if (!isBlank(tokens_[at_])) words.push_back(tokens_[at_]);
      out_ += tokens_[at_].find('\n') != std::string::npos ? "\n" : "";
      at_++;
    }
    std::string type, name;
    for (size_t i = 2; i < words.size() && words[i] != "["; i++) {
      if (words[i] == "__align__" || words[i] == "alignas" || words[i] == "__attribute__") {
        int depth = 0;
        do {
          i++;
          depth += words[i] == "(" ? 1 : words[i] == ")" ? -1 : 0;
        } while (depth > 0 && i + 1 < words.size());
      } else {
        type += name.empty() ? "" : name + " ";
        name = words[i];
      }
    }
    out_ += before + type + between + name;
    if (*cast != 0) out_ += cast + type + "*>(cuemu_dynamic_shared())";
  }

  // A variable of the device, to be found by name from the host.
  void endDeclaration() {
    bool onDevice = contains(head_, "__constant__") || contains(head_, "__device__");
    std::string name;
    for (size_t i = 0; i < head_.size(); i++) {
      const std::string& token = head_[i];
      if (token == "(" && i > 0 && (head_[i - 1] == "__align__" || head_[i - 1] == "alignas")) {
        while (i < head_.size() && head_[i] != ")") i++;
        continue;
      }
      if (token == "(") onDevice = false;  // a function's declaration
      if (token == "[" || token == "=" || token == "(" || token == "{}") break;
      if (isWord(token[0])) name = token;
    }
    if (onDevice && !contains(head_, "extern") && !contains(head_, "typedef")) {
      variables_.push_back(name + (contains(head_, "__constant__") ? ", true" : ", false"));
    }
    head_.clear();
  }

  // The sections that a kernel's shared memory is in: its own and those of functions it may call.
  void reach(size_t index, std::set<size_t>* reached) const {
    if (!reached->insert(index).second) return;
    for (size_t i = 0; i < functions_.size(); i++) {
      if (!functions_[i].isKernel && functions_[index].words.count(functions_[i].name) != 0) {
        reach(i, reached);
      }
    }
  }

  std::string tail() const {
    std::string kernels, sizes, sections, widen, variables;
    int kernelCount = 0;
    bool amongVariables = false;
    for (size_t i = 0; i < functions_.size(); i++) {
      std::string number = std::to_string(i);
      amongVariables = amongVariables || (functions_[i].hasShared && functions_[i].isTemplate);
      if (functions_[i].hasShared) {
        sections += "CUEMU_SHARED_SECTION(" + number + ")\n";
        widen += "  cuemu_widen(library, __start_cuemu_shared_" + number +
                 ", __stop_cuemu_shared_" + number + ");\n";
      }
      if (!functions_[i].isKernel) continue;
      kernelCount++;
      kernels += "  CUEMU_KERNEL(" + functions_[i].name + ", (" + functions_[i].maxThreads + ")),\n";
      std::set<size_t> reached;
      reach(i, &reached);
      sizes += "  sizes[" + std::to_string(kernelCount - 1) + "] = 0";
      for (size_t r : reached) {
        if (functions_[r].hasShared) sizes += " + CUEMU_SHARED_BYTES(" + std::to_string(r) + ")";
      }
      sizes += ";\n";
    }
    for (const auto& v : variables_) variables += "  CUEMU_VARIABLE(" + v + "),\n";
    std::string count = std::to_string(kernelCount);
    return "const CuemuKernel cuemu_kernels[] = {\n" + kernels + "  {}};\n" +
           "const CuemuVariable cuemu_variables[] = {\n" + variables + "  {}};\n}\n" + sections +
           "extern \"C\" CUEMU_UNCHECKED const CuemuLibrary* cuemu_library() {\n" +
           "  static unsigned long sizes[" + count + " + 1];\n" + sizes +
           "  static CuemuLibrary library = {&cuemu_at, cuemu_kernels, " + count +
           ", cuemu_variables, " + std::to_string(variables_.size()) + ", 0, 0, " + (amongVariables ? "true" : "false") + ", sizes};\n" + widen +
           (amongVariables ? "  cuemu_widen(library, __bss_start, _end);\n" : "") +
           "  return &library;\n}\n";
  }

  Tokens tokens_;
  size_t at_ = 0;
  Tokens head_;  // of the declaration that is being read, without blanks
  std::string out_;
  std::vector<Function> functions_;
  std::vector<std::string> variables_;  // name, whether it is constant
};

}  // namespace

std::string translate(const std::string& preprocessed) { return Translator(preprocessed).run(); }

}  // namespace cuemu
