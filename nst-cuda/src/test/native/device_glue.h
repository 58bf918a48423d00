// How a kernel library tells what it holds; used by the tail that the translator writes.
#pragma once

template <class F>
struct CuemuCall;

template <int... I>
struct CuemuSequence {};
template <int N, int... I>
struct CuemuCount : CuemuCount<N - 1, N - 1, I...> {};
template <int... I>
struct CuemuCount<0, I...> {
  using Sequence = CuemuSequence<I...>;
};

template <class... A>
struct CuemuCall<void (*)(A...)> {
  template <void (*kernel)(A...), int... I>
  static CUEMU_UNCHECKED void spread(void** p, CuemuSequence<I...>) {
    kernel(*static_cast<A*>(p[I])...);
  }
  template <void (*kernel)(A...)>
  static CUEMU_UNCHECKED void call(void** p) {
    spread<kernel>(p, typename CuemuCount<sizeof...(A)>::Sequence());
  }
  static constexpr unsigned long sizes[] = {sizeof(A)..., 0};
  static constexpr CuemuParameters parameters = {int(sizeof...(A)), sizes};
};

#define CUEMU_KERNEL(NAME, MAX_THREADS)                                          \
  {#NAME, &CuemuCall<decltype(&NAME)>::call<&NAME>, CuemuCall<decltype(&NAME)>::parameters, \
   MAX_THREADS}
#define CUEMU_VARIABLE(NAME, IS_CONSTANT) {#NAME, (void*)&NAME, sizeof(NAME), IS_CONSTANT}

extern "C" char __bss_start[] __attribute__((visibility("hidden")));
extern "C" char _end[] __attribute__((visibility("hidden")));

// The section that one function's __shared__ variables are in; absent when it has none left.
#define CUEMU_SHARED_SECTION(N)                                                          \
  extern "C" char __start_cuemu_shared_##N[] __attribute__((weak, visibility("hidden"))); \
  extern "C" char __stop_cuemu_shared_##N[] __attribute__((weak, visibility("hidden")));
#define CUEMU_SHARED_BYTES(N) (unsigned long)(__stop_cuemu_shared_##N - __start_cuemu_shared_##N)

CUEMU_INLINE void cuemu_widen(CuemuLibrary& library, char* begin, char* end) {
  if (begin == end) return;
  if (!library.sharedBegin || begin < library.sharedBegin) library.sharedBegin = begin;
  if (end > library.sharedEnd) library.sharedEnd = end;
}
