// libnvrtc.so.12 of the emulation: compiles CUDA C with g++ into a library of functions, and gives
// out, in place of PTX or machine code, a few lines of text that name it.
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "cuda_types.h"
#include "translate.h"

namespace {

enum : int {
  NVRTC_SUCCESS = 0,
  NVRTC_ERROR_PROGRAM_CREATION_FAILURE = 2,
  NVRTC_ERROR_INVALID_INPUT = 3,
  NVRTC_ERROR_INVALID_PROGRAM = 4,
  NVRTC_ERROR_INVALID_OPTION = 5,
  NVRTC_ERROR_COMPILATION = 6,
};

constexpr int kArchitectures[] = {50, 52, 53, 60, 61, 62, 70, 72, 75, 80, 86, 87, 89, 90};

struct Program {
  std::string source;
  std::string name;
  std::vector<std::pair<std::string, std::string>> headers;  // name, text
  std::string log;
  std::string library;  // compiled; empty until then
  int architecture = 52;
  bool realArchitecture = false;  // sm_XX: there is machine code too
};

struct Options {
  std::string preprocessor;
  std::string standard = "c++17";
  bool fuse = true;
  int architecture = 52;
  bool realArchitecture = false;
};

std::string quoted(const std::string& text) {
  std::string made = "'";
  for (char c : text) {
    made += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return made + "'";
}

std::string contentsOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Where this library lies; the headers for kernels and libcuda.so.1 lie beside it.
std::string home() {
  Dl_info info;
  dladdr(reinterpret_cast<void*>(&home), &info);
  std::string path = info.dli_fname;
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string compiler() {
  const char* chosen = getenv("CUEMU_CXX");
  return chosen != nullptr ? chosen : "g++";
}

std::string cacheDirectory() {
  const char* chosen = getenv("CUEMU_CACHE");
  std::string directory = chosen != nullptr ? chosen : home() + "/../kernels";
  mkdir(directory.c_str(), 0700);
  char* whole = realpath(directory.c_str(), nullptr);
  if (whole != nullptr) {
    directory = whole;
    free(whole);
  }
  return directory;
}

// Two FNV-1a hashes with different starts: names a file, guards against nothing.
std::string hashOf(const std::string& text) {
  uint64_t a = 0xcbf29ce484222325u;
  uint64_t b = 0x9e3779b97f4a7c15u;
  for (unsigned char c : text) {
    a = (a ^ c) * 0x100000001b3u;
    b = (b ^ c) * 0x100000001b3u;
    b ^= b >> 29;
  }
  char name[40];
  snprintf(name, sizeof name, "%016lx%016lx", static_cast<unsigned long>(a),
           static_cast<unsigned long>(b));
  return name;
}

bool startsWith(const std::string& text, const char* prefix, std::string* rest) {
  if (text.compare(0, strlen(prefix), prefix) != 0) {
    return false;
  }
  *rest = text.substr(strlen(prefix));
  return true;
}

bool readArchitecture(const std::string& value, Options* options) {
  std::string number;
  options->realArchitecture = startsWith(value, "sm_", &number);
  if (!options->realArchitecture && !startsWith(value, "compute_", &number)) {
    return false;
  }
  bool suffixed = !number.empty() && (number.back() == 'a' || number.back() == 'f');
  options->architecture = atoi(number.c_str());
  for (int known : kArchitectures) {
    if (std::to_string(known) + (suffixed ? number.back() == 'a' ? "a" : "f" : "") == number) {
      return !suffixed || known == 90;
    }
  }
  return false;
}

bool isIgnored(const std::string& option) {
  for (const char* known :
       {"--use_fast_math", "-use_fast_math", "-default-device", "--device-as-default-execution-space",
        "--extra-device-vectorization", "-extra-device-vectorization", "--restrict", "-restrict",
        "--generate-line-info", "-lineinfo", "--device-debug", "-G", "-w", "--disable-warnings",
        "--relocatable-device-code=false", "-rdc=false", "--display-error-number", "-err-no"}) {
    if (option == known) {
      return true;
    }
  }
  std::string rest;
  for (const char* known : {"--ftz=", "-ftz=", "--prec-sqrt=", "-prec-sqrt=", "--prec-div=",
                            "-prec-div=", "--maxrregcount=", "-maxrregcount=", "--diag-suppress=",
                            "--ptxas-options=", "--split-compile=", "--dopt="}) {
    if (startsWith(option, known, &rest)) {
      return true;
    }
  }
  return false;
}

bool readOption(const std::string& option, Options* options) {
  std::string rest;
  if (startsWith(option, "--gpu-architecture=", &rest) || startsWith(option, "-arch=", &rest)) {
    return readArchitecture(rest, options);
  }
  if (startsWith(option, "--define-macro=", &rest) || startsWith(option, "-D", &rest)) {
    options->preprocessor += " " + quoted("-D" + rest);
    return !rest.empty();
  }
  if (startsWith(option, "--undefine-macro=", &rest) || startsWith(option, "-U", &rest)) {
    options->preprocessor += " " + quoted("-U" + rest);
    return !rest.empty();
  }
  if (startsWith(option, "--include-path=", &rest) || startsWith(option, "-I", &rest)) {
    options->preprocessor += " " + quoted("-I" + rest);
    return !rest.empty();
  }
  if (startsWith(option, "--std=", &rest) || startsWith(option, "-std=", &rest)) {
    options->standard = rest;
    return rest == "c++11" || rest == "c++14" || rest == "c++17" || rest == "c++20";
  }
  if (startsWith(option, "--fmad=", &rest) || startsWith(option, "-fmad=", &rest)) {
    options->fuse = rest == "true";
    return rest == "true" || rest == "false";
  }
  return isIgnored(option);
}

// A directory for one compilation, removed with everything in it.
class WorkDirectory {
 public:
  explicit WorkDirectory(const std::string& parent) : path_(parent + "/work-XXXXXX") {
    made_ = mkdtemp(path_.data()) != nullptr;
  }
  ~WorkDirectory() {
    if (made_ && getenv("CUEMU_KEEP") == nullptr) {
      run("rm -rf " + quoted(path_));
    }
  }
  WorkDirectory(const WorkDirectory&) = delete;
  WorkDirectory& operator=(const WorkDirectory&) = delete;

  bool made() const { return made_; }
  std::string file(const char* name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

  static int run(const std::string& command) { return system(command.c_str()); }

 private:
  std::string path_;
  bool made_ = false;
};

// Preprocesses with the device's keywords left alone and, as in NVRTC, without system headers;
// translates; compiles so that every access is reported to libcuda (access.cpp); links against it.
// The result is kept under a hash of the preprocessed text and what else goes into it, so that
// options which change nothing, such as another architecture, find what is there.
bool build(Program* program, const Options& options) {
  WorkDirectory work(cacheDirectory());
  if (!work.made()) {
    program->log = "cannot write to " + cacheDirectory();
    return false;
  }
  for (const auto& header : program->headers) {
    std::ofstream(work.file(header.first.c_str())) << header.second;
  }
  std::ofstream(work.file("source.cu")) << "#line 1 \"" << program->name << "\"\n"
                                        << program->source;
  // The translation bears the program's name, for the source lines in messages.
  mkdir(work.file("translated").c_str(), 0700);
  size_t slash = program->name.rfind('/');
  std::string translated = work.file("translated") + "/" +
                           program->name.substr(slash == std::string::npos ? 0 : slash + 1);
  std::string architecture = std::to_string(options.architecture) + "0";
  std::string log = " 2>>" + quoted(work.file("log"));
  // From within, so that no line of the text names the directory.
  std::string preprocess = "cd " + quoted(work.path()) + " && " + compiler() +
                           " -E -x c++ -std=" + options.standard +
                           " -nostdinc -nostdinc++ -DNST_PLAIN -DCUEMU -D__CUDACC__ -D__CUDACC_RTC__"
                           " -D__CUDA_ARCH__=" + architecture + " -I." + options.preprocessor +
                           " source.cu -o plain.ii" + log;
  bool fma = options.fuse && __builtin_cpu_supports("fma");
  std::string flags = " -c -x c++ -std=" + options.standard +
                      " -O2 -g1 -w -fPIC -fvisibility=default -fno-exceptions -fno-rtti"
                      " -fno-strict-aliasing -fno-math-errno -fno-ipa-reference -nostdinc"
                      " -nostdinc++ -fsanitize=thread -fsanitize=alignment,bounds" +
                      (fma ? " -mfma -ffp-contract=fast" : " -ffp-contract=off");
  std::string compile = compiler() + flags + " -include " + quoted(home() + "/device.h") +
                        " -include " + quoted(home() + "/device_glue.h") + " " +
                        quoted(translated) + " -o " + quoted(work.file("kernels.o")) + log;
  std::string link = compiler() + " -shared -nostdlib " + quoted(work.file("kernels.o")) + " " +
                     quoted(home() + "/libcuda.so.1") + " -lm -lc -o " +
                     quoted(work.file("kernels.so")) + log;
  bool good = WorkDirectory::run(preprocess) == 0;
  if (good) {
    std::string plain = contentsOf(work.file("plain.ii"));
    std::string key = plain + compiler() + flags + __VERSION__ + CUEMU_BUILD;
    for (const char* own : {"device.h", "device_math.h", "device_glue.h", "kernel_abi.h"}) {
      key += contentsOf(home() + "/" + own);
    }
    program->library = cacheDirectory() + "/" + hashOf(key) + ".so";
    if (access(program->library.c_str(), R_OK) != 0) {
      std::ofstream(translated) << cuemu::translate(plain);
      good = WorkDirectory::run(compile) == 0 && WorkDirectory::run(link) == 0 &&
             rename(work.file("kernels.so").c_str(), program->library.c_str()) == 0;
    }
  }
  program->log = contentsOf(work.file("log"));
  return good;
}

std::string token(const Program& program, bool machineCode) {
  return std::string("// cuemu ") + (machineCode ? "cubin " : "ptx ") +
         std::to_string(program.architecture) + " " CUEMU_BUILD "\n// " + program.library + "\n";
}

void give(const std::string& text, char* buffer) { memcpy(buffer, text.c_str(), text.size() + 1); }

}  // namespace

CUEMU_EXPORT int nvrtcVersion(int* major, int* minor) {
  *major = 12;
  *minor = 6;
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT const char* nvrtcGetErrorString(int result) {
  switch (result) {
    case NVRTC_SUCCESS:
      return "NVRTC_SUCCESS";
    case NVRTC_ERROR_PROGRAM_CREATION_FAILURE:
      return "NVRTC_ERROR_PROGRAM_CREATION_FAILURE";
    case NVRTC_ERROR_INVALID_INPUT:
      return "NVRTC_ERROR_INVALID_INPUT";
    case NVRTC_ERROR_INVALID_PROGRAM:
      return "NVRTC_ERROR_INVALID_PROGRAM";
    case NVRTC_ERROR_INVALID_OPTION:
      return "NVRTC_ERROR_INVALID_OPTION";
    case NVRTC_ERROR_COMPILATION:
      return "NVRTC_ERROR_COMPILATION";
    default:
      return "NVRTC_ERROR unknown";
  }
}

CUEMU_EXPORT int nvrtcGetNumSupportedArchs(int* count) {
  *count = int(std::size(kArchitectures));
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcGetSupportedArchs(int* architectures) {
  memcpy(architectures, kArchitectures, sizeof kArchitectures);
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcCreateProgram(Program** program, const char* source, const char* name,
                                    int headerCount, const char* const* headers,
                                    const char* const* headerNames) {
  if (program == nullptr || source == nullptr || headerCount < 0) {
    return NVRTC_ERROR_INVALID_INPUT;
  }
  auto* made = new Program;
  made->source = source;
  made->name = name != nullptr && *name != 0 ? name : "default_program";
  for (int i = 0; i < headerCount; i++) {
    if (strchr(headerNames[i], '/') != nullptr) {
      delete made;
      return NVRTC_ERROR_PROGRAM_CREATION_FAILURE;  // not needed: headers here are plain names
    }
    made->headers.emplace_back(headerNames[i], headers[i]);
  }
  *program = made;
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcDestroyProgram(Program** program) {
  if (program == nullptr || *program == nullptr) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  delete *program;
  *program = nullptr;
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcCompileProgram(Program* program, int count, const char* const* options) {
  if (program == nullptr) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  Options read;
  for (int i = 0; i < count; i++) {
    if (!readOption(options[i], &read)) {
      program->log = std::string("nvrtc: error: unrecognized option ") + options[i] + "\n";
      return NVRTC_ERROR_INVALID_OPTION;
    }
  }
  program->log.clear();
  program->library.clear();
  if (!build(program, read)) {
    program->library.clear();
    return NVRTC_ERROR_COMPILATION;
  }
  program->architecture = read.architecture;
  program->realArchitecture = read.realArchitecture;
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcGetProgramLogSize(Program* program, size_t* bytes) {
  *bytes = program->log.size() + 1;
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcGetProgramLog(Program* program, char* buffer) {
  give(program->log, buffer);
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcGetPTXSize(Program* program, size_t* bytes) {
  if (program->library.empty()) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  *bytes = token(*program, false).size() + 1;
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcGetPTX(Program* program, char* buffer) {
  if (program->library.empty()) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  give(token(*program, false), buffer);
  return NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcGetCUBINSize(Program* program, size_t* bytes) {
  bool present = !program->library.empty() && program->realArchitecture;
  *bytes = present ? token(*program, true).size() + 1 : 0;
  return program->library.empty() ? NVRTC_ERROR_INVALID_PROGRAM : NVRTC_SUCCESS;
}

CUEMU_EXPORT int nvrtcGetCUBIN(Program* program, char* buffer) {
  if (program->library.empty() || !program->realArchitecture) {
    return NVRTC_ERROR_INVALID_PROGRAM;
  }
  give(token(*program, true), buffer);
  return NVRTC_SUCCESS;
}

// Kernels are found by their plain names: the backend declares them extern "C".
CUEMU_EXPORT int nvrtcAddNameExpression(Program*, const char*) { return NVRTC_ERROR_INVALID_INPUT; }

CUEMU_EXPORT int nvrtcGetLoweredName(Program*, const char*, const char**) {
  return NVRTC_ERROR_INVALID_INPUT;
}
