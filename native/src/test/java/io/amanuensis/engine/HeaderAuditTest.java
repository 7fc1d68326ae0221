package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Java declarations against the text of the header: functions, arity, the width of every parameter, constants. */
class HeaderAuditTest {
    private static final Pattern FUNCTION = Pattern.compile("AM_API\\s+([^;(]*?)(am_\\w+)\\(([^)]*)\\)\\s*;");
    private static final Pattern CONSTANT = Pattern.compile("\\b(AM_[A-Z0-9_]+)\\s*=\\s*(\\d+)");
    private static final Pattern PARAMETER = Pattern.compile("(.*?)(\\w+)$");

    /** C type to the Java type that has its width and direction. */
    private static final Map<String, String> SCALARS_AND_ARRAYS = Map.ofEntries(
            Map.entry("void", "void"),
            Map.entry("int32_t", "int"),
            Map.entry("am_status", "int"),
            Map.entry("am_type", "int"),
            Map.entry("int64_t", "long"),
            Map.entry("const char *", "String"),
            Map.entry("const void *", "Pointer"),
            Map.entry("void *", "Pointer"),
            Map.entry("const int16_t *", "Pointer"),
            Map.entry("int16_t *", "Pointer"),
            Map.entry("const float *", "Pointer"),
            Map.entry("float *", "Pointer"),
            Map.entry("const int32_t *", "int[]"),
            Map.entry("char *", "byte[]"),
            Map.entry("int64_t *", "LongByReference"),
            Map.entry("double *", "DoubleByReference"),
            Map.entry("const char **", "PointerByReference"),
            Map.entry("const int32_t **", "PointerByReference"));

    private static String header;

    @BeforeAll
    static void readHeader() throws IOException {
        header = Files.readString(Path.of("include", "amanuensis.h")).replaceAll("(?s)/\\*.*?\\*/", " ");
    }

    @Test
    void everyFunctionOfTheHeaderIsDeclaredWithItsWidthsAndNoOther() {
        Map<String, String> declared = new TreeMap<>();
        for (Method method : NativeLoader.functions()) {
            String parameters = Arrays.stream(method.getParameters())
                    .map(HeaderAuditTest::signature)
                    .collect(Collectors.joining(", "));
            declared.put(method.getName(), simple(method.getGenericReturnType()) + " (" + parameters + ")");
        }
        Map<String, String> expected = new TreeMap<>();
        for (MatchResult function : FUNCTION.matcher(header).results().toList()) {
            expected.put(
                    function.group(2), javaType(function.group(1), "") + " (" + parameters(function.group(3)) + ")");
        }
        assertThat(expected).hasSizeGreaterThan(25);
        assertThat(declared).isEqualTo(expected);
    }

    @Test
    void statusesAndTypesHaveTheHeadersNumbers() {
        Map<String, Integer> expected = new TreeMap<>();
        CONSTANT.matcher(header).results().forEach(c -> expected.put(c.group(1), Integer.valueOf(c.group(2))));
        Map<String, Integer> actual = new TreeMap<>(Map.of(
                "AM_OK", AmanuensisLibrary.AM_OK,
                "AM_FLOAT32", AmanuensisLibrary.AM_FLOAT32,
                "AM_BFLOAT16", AmanuensisLibrary.AM_BFLOAT16));
        for (Status status : Status.values()) {
            if (status.code() > 0) {
                actual.put("AM_ERROR_" + status, status.code());
            }
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void theAbiVersionIsTheHeaders() {
        assertThat(header).containsPattern("#define AM_ABI_VERSION " + AmanuensisLibrary.AM_ABI_VERSION + "\\s");
    }

    private static String parameters(String cParameters) {
        List<String> java = new ArrayList<>();
        for (String parameter : cParameters.strip().split(",")) {
            if (!parameter.strip().equals("void")) {
                java.add(PARAMETER
                        .matcher(parameter.strip().replaceAll("\\s+", " "))
                        .replaceFirst(match -> javaType(match.group(1), match.group(2)) + " " + match.group(2)));
            }
        }
        return String.join(", ", java);
    }

    private static String javaType(String cType, String name) {
        String type = cType.strip().replaceAll("\\s+", " ");
        // The address of an array of tokens, tickets or counts, or of one number: only its name tells.
        if (type.equals("int32_t *")) {
            return name.endsWith("tokens") ? "int[]" : "IntByReference";
        }
        if (type.endsWith("int64_t *") && (name.endsWith("tickets") || name.endsWith("counts"))) {
            return "long[]";
        }
        if (SCALARS_AND_ARRAYS.containsKey(type)) {
            return SCALARS_AND_ARRAYS.get(type);
        }
        String handle = Arrays.stream(type.replaceAll("const |[ *]", "").split("_"))
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining());
        return type.endsWith("**") ? "HandleReference<" + handle + ">" : handle;
    }

    private static String signature(Parameter parameter) {
        return simple(parameter.getParameterizedType()) + " " + parameter.getName();
    }

    private static String simple(Type type) {
        return type.getTypeName().replaceAll("[\\w.]+[.$](?=\\w)", "");
    }
}
