// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A line between the runner and the processes it starts: a word, then names with values. An immutable value;
 * {@link #with} makes a new one.
 */
record Message(String word, Map<String, String> values) {
    static final String OK = "ok";
    static final String FAILED = "failed";

    Message {
        values = Map.copyOf(values);
    }

    static Message of(String word) {
        return new Message(word, Map.of());
    }

    static Message failed(Throwable cause) {
        return of(FAILED).with("cause", cause.toString());
    }

    Message with(String name, Object value) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(name, value.toString());
        return new Message(word, more);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name + " in " + this);
        }
        return value;
    }

    long number(String name) {
        return Long.parseLong(text(name));
    }

    int integer(String name) {
        return Integer.parseInt(text(name));
    }

    String encode() {
        StringBuilder line = new StringBuilder(word);
        values.forEach(
                (name, value) -> line.append(' ').append(name).append('=')
                        .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return line.toString();
    }

    static Message decode(String line) throws IOException {
        String[] parts = line.split(" ", -1);
        Message message = of(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 1) {
                throw new IOException("not understood: " + line);
            }
            message = message.with(
                    parts[i].substring(0, equals),
                    URLDecoder.decode(parts[i].substring(equals + 1), StandardCharsets.UTF_8));
        }
        return message;
    }
}
