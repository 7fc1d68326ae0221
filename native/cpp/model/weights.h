#pragma once

#include <vector>

#include "model/checkpoint.h"
#include "model/config.h"
#include "ops/linear.h"

namespace amanuensis {

/*
 * The weights of a model, converted to one precision and packed once for the kernels of one instruction set; the mapped
 * files are closed afterwards. Members are named after the tensors of the Hugging Face layout.
 */

struct SelfAttentionWeights {
  LayerNorm norm;
  Linear qkv;  // q_proj, k_proj (which has no bias) and v_proj side by side
  Linear out_proj;
};

struct CrossAttentionWeights {
  LayerNorm norm;
  Linear q_proj;
  Linear kv;  // k_proj and v_proj side by side
  Linear out_proj;
};

struct MlpWeights {
  LayerNorm norm;
  Linear fc1, fc2;
};

struct EncoderLayerWeights {
  SelfAttentionWeights self_attn;
  MlpWeights mlp;
};

struct EncoderWeights {
  Linear conv1, conv2;  // [3 x in] to out, the taps of one time step side by side
  Buffer positions;     // [max_source_positions][d_model]
  std::vector<EncoderLayerWeights> layers;
  LayerNorm norm;
};

struct DecoderLayerWeights {
  SelfAttentionWeights self_attn;
  CrossAttentionWeights encoder_attn;
  MlpWeights mlp;
};

struct DecoderWeights {
  Linear embed_tokens;  // as the output projection; its columns are the embeddings
  Buffer positions;     // [max_target_positions][d_model]
  std::vector<DecoderLayerWeights> layers;
  LayerNorm norm;
};

/** Throws AM_ERROR_MODEL that names a missing or mis-shaped tensor. of_layers: what their linear maps are kept in. */
EncoderWeights read_encoder(Checkpoint &checkpoint, const Dimensions &dimensions, const Kernels &kernels,
                            Precision precision, Precision of_layers);
DecoderWeights read_decoder(Checkpoint &checkpoint, const Dimensions &dimensions, const Kernels &kernels,
                            Precision precision);

int64_t bytes_of(const EncoderWeights &weights);
int64_t bytes_of(const DecoderWeights &weights);

}  // namespace amanuensis
