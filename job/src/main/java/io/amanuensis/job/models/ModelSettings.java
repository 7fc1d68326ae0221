package io.amanuensis.job.models;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files beside the weights: settings and tokenizer. */
final class ModelSettings {
    private static final ObjectWriter JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writer();
    private static final int HOP = 160;

    private final WhisperShape shape;
    private final SpecialTokens special;

    ModelSettings(WhisperShape shape) {
        this.shape = shape;
        this.special = shape.specialTokens();
    }

    void writeTo(Path folder) throws IOException {
        SyllableVocabulary vocabulary = new SyllableVocabulary(shape.textTokens());
        Map<String, Integer> tokens = new LinkedHashMap<>(vocabulary.tokens());
        tokens.put(SpecialTokens.END_OF_TEXT, special.endOfText());
        write(folder, "vocab.json", tokens);
        List<String> merges = new ArrayList<>(List.of("#version: 0.2"));
        merges.addAll(vocabulary.merges());
        Files.write(folder.resolve("merges.txt"), merges);
        write(folder, "added_tokens.json", special.added());
        write(folder, "special_tokens_map.json", specialTokensMap());
        write(folder, "tokenizer_config.json", tokenizer());
        write(folder, "normalizer.json", Map.of());
        write(folder, "preprocessor_config.json", preprocessor());
        write(folder, "generation_config.json", generation());
        write(folder, "config.json", config());
    }

    private static void write(Path folder, String name, Map<String, ?> content) throws IOException {
        Files.writeString(folder.resolve(name), JSON.writeValueAsString(content) + "\n");
    }

    private Map<String, Object> specialTokensMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        for (String use : List.of("bos_token", "eos_token", "pad_token", "unk_token")) {
            map.put(use, SpecialTokens.END_OF_TEXT);
        }
        map.put("additional_special_tokens", special.named().keySet());
        return map;
    }

    private Map<String, Object> tokenizer() {
        Map<String, Object> tokenizer = specialTokensMap();
        tokenizer.put("tokenizer_class", "WhisperTokenizer");
        tokenizer.put("processor_class", "WhisperProcessor");
        tokenizer.put("add_prefix_space", false);
        tokenizer.put("errors", "replace");
        tokenizer.put("model_max_length", shape.targetPositions());
        return tokenizer;
    }

    private Map<String, Object> preprocessor() {
        int samples = shape.windowSeconds() * WhisperShape.SAMPLE_RATE_HZ;
        Map<String, Object> preprocessor = new LinkedHashMap<>();
        preprocessor.put("feature_extractor_type", "WhisperFeatureExtractor");
        preprocessor.put("processor_class", "WhisperProcessor");
        preprocessor.put("feature_size", shape.melBins());
        preprocessor.put("sampling_rate", WhisperShape.SAMPLE_RATE_HZ);
        preprocessor.put("chunk_length", shape.windowSeconds());
        preprocessor.put("hop_length", HOP);
        preprocessor.put("n_fft", 400);
        preprocessor.put("n_samples", samples);
        preprocessor.put("nb_max_frames", samples / HOP);
        return preprocessor;
    }

    private Map<String, Object> generation() {
        Map<String, Object> generation = tokenRules();
        Map<String, Integer> languages = new LinkedHashMap<>();
        for (int i = 0; i < shape.languages().size(); i++) {
            languages.put("<|" + shape.languages().get(i) + "|>", special.language(i));
        }
        generation.put("is_multilingual", true);
        generation.put("lang_to_id", languages);
        generation.put("task_to_id", Map.of("transcribe", special.transcribe(), "translate", special.translate()));
        generation.put(
                "alignment_heads",
                shape.alignmentHeads().stream()
                        .map(head -> List.of(head.layer(), head.head()))
                        .toList());
        generation.put("no_timestamps_token_id", special.noTimestamps());
        generation.put("prev_sot_token_id", special.startOfPrev());
        generation.put("max_initial_timestamp_index", 50);
        generation.put("max_length", shape.targetPositions());
        return generation;
    }

    private Map<String, Object> config() {
        Map<String, Object> config = tokenRules();
        config.put("architectures", List.of("WhisperForConditionalGeneration"));
        config.put("model_type", "whisper");
        config.put("activation_function", "gelu");
        config.put("is_encoder_decoder", true);
        config.put("vocab_size", shape.vocabularySize());
        config.put("num_mel_bins", shape.melBins());
        config.put("d_model", shape.width());
        config.put("encoder_layers", shape.encoderLayers());
        config.put("encoder_attention_heads", shape.heads());
        config.put("encoder_ffn_dim", shape.feedForward());
        config.put("decoder_layers", shape.decoderLayers());
        config.put("decoder_attention_heads", shape.heads());
        config.put("decoder_ffn_dim", shape.feedForward());
        config.put("num_hidden_layers", shape.encoderLayers());
        config.put("max_source_positions", shape.sourcePositions());
        config.put("max_target_positions", shape.targetPositions());
        config.put("scale_embedding", false);
        config.put("tie_word_embeddings", true);
        config.put("torch_dtype", "float16");
        return config;
    }

    /** What stands in both settings files. */
    private Map<String, Object> tokenRules() {
        Map<String, Object> rules = new LinkedHashMap<>();
        rules.put("bos_token_id", special.endOfText());
        rules.put("eos_token_id", special.endOfText());
        rules.put("pad_token_id", special.endOfText());
        rules.put("decoder_start_token_id", special.startOfTranscript());
        int blank = ByteAlphabet.characters().indexOf(ByteAlphabet.BLANK);
        rules.put("begin_suppress_tokens", List.of(blank, special.endOfText()));
        rules.put(
                "suppress_tokens",
                List.of(
                        special.startOfTranscript(),
                        special.translate(),
                        special.transcribe(),
                        special.startOfLm(),
                        special.startOfPrev(),
                        special.noSpeech()));
        return rules;
    }
}
