// The arithmetic of convolutions, forward and backward alike.
#ifndef NST_CUDNN_CONVOLVE_H
#define NST_CUDNN_CONVOLVE_H

#include "cudnn_problem.h"

#include <functional>

namespace cudnn {

// Takes the finished sums of one pixel of the result: channels of them, from channel on.
using Pixel =
    std::function<void(int n, int h, int w, int channel, int channels, const double* sums)>;

// Computes every pixel of the problem's result from its source and filter, as an implicit matrix
// product: pixels times (rows, columns and channels of the window) times channels.
void convolve(const Problem& problem, const void* source, const void* filter, const Pixel& finish);

}  // namespace cudnn

#endif
