// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names from the root down that a request asks for. The same names are refused on all systems: those that could
 * leave the tree or mean something else than a file in it somewhere, such as parents, drives, shares, alternate data
 * streams, devices, and names that Windows takes for others because it drops dots and spaces at their end.
 *
 * @param path as it was sent, without a query
 * @param names decoded; none for the root
 * @param directory whether the path ends with a slash
 */
record RequestTarget(String path, List<String> names, boolean directory) {
    private static final Pattern ABSOLUTE = Pattern.compile("https?://[^/?#]*", Pattern.CASE_INSENSITIVE);
    private static final Pattern END = Pattern.compile("[?#]");
    private static final Pattern MEANT_OTHERWISE = Pattern.compile("[\\x00-\\x1f\\x7f\\\\:*?\"<>|]|[. ]$");
    private static final Pattern DEVICE = Pattern
            .compile("(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9¹²³]) *(\\..*)?");

    static RequestTarget parse(String target) throws RefusedException {
        String rest = END.split(target, 2)[0];
        Matcher absolute = ABSOLUTE.matcher(rest);
        if (absolute.lookingAt()) {
            rest = rest.substring(absolute.end());
            rest = rest.isEmpty() ? "/" : rest;
        }
        if (!rest.startsWith("/")) {
            throw new RefusedException(HttpResponseStatus.BAD_REQUEST);
        }
        // Decoded first: an encoded slash separates names as well.
        String decoded = decode(rest).substring(1);
        boolean directory = decoded.isEmpty() || decoded.endsWith("/");
        if (directory) {
            decoded = decoded.substring(0, Math.max(0, decoded.length() - 1));
        }
        if (decoded.isEmpty() && rest.length() > 1) {
            throw new RefusedException(HttpResponseStatus.FORBIDDEN);
        }
        List<String> names = decoded.isEmpty() ? List.of() : List.of(decoded.split("/", -1));
        for (String name : names) {
            if (isRefused(name)) {
                throw new RefusedException(HttpResponseStatus.FORBIDDEN);
            }
        }
        return new RequestTarget(rest, names, directory);
    }

    private static boolean isRefused(String name) {
        return name.isEmpty()
                || MEANT_OTHERWISE.matcher(name).find()
                || DEVICE.matcher(name.toUpperCase(Locale.ROOT)).matches();
    }

    private static String decode(String path) throws RefusedException {
        ByteBuffer bytes = ByteBuffer.allocate(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%') {
                if (c <= ' ' || c > '~') {
                    throw new RefusedException(HttpResponseStatus.BAD_REQUEST);
                }
                bytes.put((byte) c);
                continue;
            }
            int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
            int low = i + 2 < path.length() ? Character.digit(path.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                throw new RefusedException(HttpResponseStatus.BAD_REQUEST);
            }
            bytes.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException noText) {
            throw new RefusedException(HttpResponseStatus.BAD_REQUEST);
        }
    }
}
