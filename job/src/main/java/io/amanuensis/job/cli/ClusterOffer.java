package io.amanuensis.job.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.SecurityOptions;

/**
 * What a cluster says of itself over REST before a job is submitted.
 *
 * @param configuration the job manager's
 */
record ClusterOffer(Configuration configuration, JsonNode answer) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @return empty if it cannot be asked so: the submission will say what is wrong, if anything is */
    static Optional<ClusterOffer> ask(Configuration client) throws InterruptedException {
        if (!client.contains(RestOptions.ADDRESS) || client.get(SecurityOptions.SSL_REST_ENABLED)) {
            return Optional.empty();
        }
        String base = "http://" + client.get(RestOptions.ADDRESS) + ":" + client.get(RestOptions.PORT);
        try {
            Configuration configuration = new Configuration();
            for (JsonNode entry : get(base + "/jobmanager/config")) {
                configuration.setString(
                        entry.get("key").asText(), entry.get("value").asText());
            }
            return Optional.of(
                    new ClusterOffer(configuration, get(base + "/taskmanagers").get("taskmanagers")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    int taskManagers() {
        return answer.size();
    }

    /** Of an external resource, by all task managers together. */
    double amountOf(String resource) {
        double sum = 0;
        for (JsonNode taskManager : answer) {
            sum += taskManager
                    .get("totalResource")
                    .path("extendedResources")
                    .path(resource)
                    .asDouble(0);
        }
        return sum;
    }

    private static JsonNode get(String uri) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri)).timeout(TIMEOUT).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException(uri + " answered " + response.statusCode());
        }
        return JSON.readTree(response.body());
    }
}
