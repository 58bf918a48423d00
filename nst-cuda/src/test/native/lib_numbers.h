// The number formats of the device libraries, and conversions between them that round once.
#ifndef NST_LIB_NUMBERS_H
#define NST_LIB_NUMBERS_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lib {

enum class Format { F32, F16, BF16 };

inline size_t bytesOf(Format format) { return format == Format::F32 ? 4 : 2; }

inline const char* nameOf(Format format) {
  switch (format) {
    case Format::F32:
      return "float32";
    case Format::F16:
      return "float16";
    default:
      return "bfloat16";
  }
}

inline float floatOfBits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

inline uint32_t bitsOf(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline uint64_t bitsOf(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Exact. Scaling by 2^112 moves the exponent's bias and normalises subnormals in one
// multiplication, so that a loop over this vectorises.
inline float halfToFloat(uint16_t half) {
  const float scaled = floatOfBits(uint32_t(half & 0x7fff) << 13) * 0x1p112f;
  const uint32_t special = (half & 0x7c00) == 0x7c00 ? 0x7f800000u : 0u;
  return floatOfBits(bitsOf(scaled) | special | uint32_t(half & 0x8000) << 16);
}

inline float bfloatToFloat(uint16_t bfloat) { return floatOfBits(uint32_t(bfloat) << 16); }

// Rounds a double to a 16-bit format with MANTISSA stored bits and exponent bias BIAS, to nearest
// even, keeping subnormals; beyond the largest number lies infinity. From double and not from
// float, so that a sum held in double is rounded once.
template <int MANTISSA, int BIAS>
inline uint16_t roundTo16(double value) {
  const uint64_t bits = bitsOf(value);
  const uint16_t sign = uint16_t(bits >> 48) & 0x8000;
  const double magnitude = value < 0 ? -value : value;
  const int infinity = (2 * BIAS + 1) << MANTISSA;
  if (value != value) {
    return uint16_t(sign | infinity | 1 << (MANTISSA - 1));
  }
  const int exponent = int(bits >> 52 & 0x7ff) - 1023;
  if (exponent < 1 - BIAS) {
    // Adding 1.5 * 2^52 quanta leaves the rounded count of quanta in the low bits of the sum.
    const int quantum = 1 - BIAS - MANTISSA;
    const uint64_t shiftBits = uint64_t(1023 + 52 + quantum) << 52 | uint64_t(1) << 51;
    double shift;
    memcpy(&shift, &shiftBits, sizeof shift);
    return uint16_t(sign | (bitsOf(magnitude + shift) & 0x7fff));
  }
  if (exponent > BIAS) {
    return uint16_t(sign | infinity);
  }
  const int dropped = 52 - MANTISSA;
  const uint64_t fraction = bits & ((uint64_t(1) << 52) - 1);
  const uint64_t biased = (uint64_t(exponent + BIAS) << 52) | fraction;
  const uint64_t rounded =
      (biased + (uint64_t(1) << (dropped - 1)) - 1 + (biased >> dropped & 1)) >> dropped;
  return uint16_t(sign | rounded);
}

inline uint16_t toHalf(double value) { return roundTo16<10, 15>(value); }
inline uint16_t toBfloat(double value) { return roundTo16<7, 127>(value); }

// What a tensor core of compute capability 8.0 and above makes of a float32 factor in TF32: the
// exponent of float32, 10 bits of mantissa, to nearest even.
inline float toTf32(float value) {
  const uint32_t bits = bitsOf(value);
  const uint32_t rounded = (bits + 0xfff + (bits >> 13 & 1)) & ~uint32_t(0x1fff);
  return (bits & 0x7f800000u) == 0x7f800000u ? value : floatOfBits(rounded);
}

// One element of device memory.
inline float load(Format format, const void* base, size_t index) {
  switch (format) {
    case Format::F32:
      return static_cast<const float*>(base)[index];
    case Format::F16:
      return halfToFloat(static_cast<const uint16_t*>(base)[index]);
    default:
      return bfloatToFloat(static_cast<const uint16_t*>(base)[index]);
  }
}

inline void store(Format format, void* base, size_t index, double value) {
  switch (format) {
    case Format::F32:
      static_cast<float*>(base)[index] = float(value);
      break;
    case Format::F16:
      static_cast<uint16_t*>(base)[index] = toHalf(value);
      break;
    default:
      static_cast<uint16_t*>(base)[index] = toBfloat(value);
      break;
  }
}

// count elements that lie stride apart, from element start on.
template <class Number>
inline void loadRun(Format format, const void* base, size_t start, size_t stride, size_t count,
                    Number* out) {
  const uint16_t* narrow = static_cast<const uint16_t*>(base) + start;
  switch (format) {
    case Format::F32: {
      const float* wide = static_cast<const float*>(base) + start;
      for (size_t i = 0; i < count; i++) {
        out[i] = wide[i * stride];
      }
      break;
    }
    case Format::F16:
      for (size_t i = 0; i < count; i++) {
        out[i] = halfToFloat(narrow[i * stride]);
      }
      break;
    default:
      for (size_t i = 0; i < count; i++) {
        out[i] = bfloatToFloat(narrow[i * stride]);
      }
  }
}

inline void storeRun(Format format, void* base, size_t start, size_t stride, size_t count,
                     const double* values) {
  uint16_t* narrow = static_cast<uint16_t*>(base) + start;
  switch (format) {
    case Format::F32: {
      float* wide = static_cast<float*>(base) + start;
      for (size_t i = 0; i < count; i++) {
        wide[i * stride] = float(values[i]);
      }
      break;
    }
    case Format::F16:
      for (size_t i = 0; i < count; i++) {
        narrow[i * stride] = toHalf(values[i]);
      }
      break;
    default:
      for (size_t i = 0; i < count; i++) {
        narrow[i * stride] = toBfloat(values[i]);
      }
  }
}

// A NaN in every format: what buffers of undefined content are filled with.
inline void scribble(void* base, size_t bytes) { memset(base, 0xff, bytes); }

}  // namespace lib

#endif
