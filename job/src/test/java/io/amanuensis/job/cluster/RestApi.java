package io.amanuensis.job.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Flink's REST interface, as far as the tests need it. */
public final class RestApi {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BOUNDARY = "amanuensis-jar";

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI base;

    RestApi(int port) {
        this.base = URI.create("http://localhost:" + port);
    }

    public int port() {
        return base.getPort();
    }

    /** @throws IOException if there is no answer, or one that is not a success */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    public JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    public JsonNode patch(String path) throws IOException, InterruptedException {
        return send(request(path).method("PATCH", BodyPublishers.noBody()));
    }

    /** Uploads a job jar and runs its entry class. @return the id of the job */
    public String run(Path jar, List<String> arguments) throws IOException, InterruptedException {
        String uploaded = send(request("/jars/upload")
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(multipart(jar)))
                .get("filename")
                .asText();
        String jarId = Path.of(uploaded).getFileName().toString();
        return post("/jars/" + jarId + "/run", Map.of("programArgsList", arguments))
                .get("jobid")
                .asText();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest complete = request.build();
        HttpResponse<String> response = http.send(complete, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(complete.method() + " " + complete.uri() + " answered " + response.statusCode() + ": "
                    + response.body());
        }
        return response.body().isEmpty() ? new ObjectNode(JSON.getNodeFactory()) : JSON.readTree(response.body());
    }

    private static BodyPublisher multipart(Path jar) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                        + jar.getFileName() + "\"\r\nContent-Type: application/x-java-archive\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8));
        body.writeBytes(Files.readAllBytes(jar));
        body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return BodyPublishers.ofByteArray(body.toByteArray());
    }
}
