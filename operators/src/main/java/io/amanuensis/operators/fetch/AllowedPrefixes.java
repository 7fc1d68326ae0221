package io.amanuensis.operators.fetch;

import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The places that references may point to: everything below some folders. */
public final class AllowedPrefixes implements Serializable {
    private static final long serialVersionUID = 1;

    private final List<URI> folders;

    private AllowedPrefixes(List<URI> folders) {
        this.folders = folders;
    }

    /**
     * @param folders as {@code file:///data/calls/} or {@code s3://bucket/calls/}; none: no reference is allowed
     * @throws IllegalArgumentException for anything else
     */
    public static AllowedPrefixes of(List<String> folders) {
        return new AllowedPrefixes(folders.stream().map(AllowedPrefixes::folder).toList());
    }

    private static URI folder(String text) {
        try {
            URI folder = new URI(text);
            if (isPlain(folder) && folder.getPath().endsWith("/")) {
                return folder;
            }
        } catch (URISyntaxException e) {
            throw illegal(text);
        }
        throw illegal(text);
    }

    private static IllegalArgumentException illegal(String text) {
        return new IllegalArgumentException(
                "%s is no folder that references may point to; give a URI with a '/' at its end, such as file:///data/calls/ or s3://bucket/calls/"
                        .formatted(text));
    }

    public boolean isEmpty() {
        return folders.isEmpty();
    }

    /** @param reference not a URI, or one that could be read in two ways, is not allowed either */
    boolean allow(String reference) {
        try {
            URI uri = new URI(reference);
            return isPlain(uri) && folders.stream().anyMatch(folder -> isBelow(folder, uri));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** The folders on this machine. */
    List<URI> local() {
        return folders.stream().filter(AllowedPrefixes::isLocal).toList();
    }

    static boolean isLocal(URI uri) {
        return "file".equalsIgnoreCase(uri.getScheme());
    }

    /** With scheme and path, no way up, and nothing that a file system could understand otherwise than this. */
    private static boolean isPlain(URI uri) {
        return uri.isAbsolute()
                && !uri.isOpaque()
                && uri.getQuery() == null
                && uri.getFragment() == null
                && uri.getUserInfo() == null
                && uri.getPath().startsWith("/")
                && !uri.getPath().contains("//")
                && uri.getPath()
                        .chars()
                        .noneMatch(character -> character == '\\' || character == '%' || character < ' ')
                && Arrays.stream(uri.getPath().split("/")).noneMatch(part -> part.equals("..") || part.equals("."));
    }

    private static boolean isBelow(URI folder, URI uri) {
        return folder.getScheme().equalsIgnoreCase(uri.getScheme())
                && Objects.equals(folder.getRawAuthority(), uri.getRawAuthority())
                && uri.getPath().startsWith(folder.getPath())
                && uri.getPath().length() > folder.getPath().length();
    }
}
