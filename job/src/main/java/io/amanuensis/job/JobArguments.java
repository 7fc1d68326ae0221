package io.amanuensis.job;

import java.io.File;
import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.YamlParserUtils;

/** {@code --config FILE} and {@code -Dkey=value} on a cluster, where there is no command-line library. Later ones win. */
public final class JobArguments {
    private JobArguments() {}

    public static Configuration parse(String[] args) throws Exception {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--config") && i + 1 < args.length) {
                i++;
                values.putAll(read(Path.of(args[i])));
            } else if (args[i].startsWith("-D") && args[i].indexOf('=') > 2) {
                int equals = args[i].indexOf('=');
                values.put(args[i].substring(2, equals), args[i].substring(equals + 1));
            } else {
                throw new IllegalArgumentException(
                        "argument '%s' is none of: --config FILE, -Dkey=value".formatted(args[i]));
            }
        }
        return Configuration.fromMap(values);
    }

    /** YAML, nested or with dotted keys, as Flink's own config.yaml. */
    static Map<String, String> read(Path file) throws Exception {
        if (!Files.isReadable(file)) {
            throw new FileNotFoundException("configuration file %s cannot be read".formatted(file.toAbsolutePath()));
        }
        Map<String, String> values = new HashMap<>();
        YamlParserUtils.loadYamlFile(new File(file.toString())).forEach((key, value) -> flatten(key, value, values));
        return values;
    }

    private static void flatten(String key, Object value, Map<String, String> values) {
        if (value instanceof Map<?, ?> nested) {
            nested.forEach((name, inner) -> flatten(key + "." + name, inner, values));
        } else {
            values.put(key, String.valueOf(value));
        }
    }
}
