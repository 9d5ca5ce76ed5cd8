// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The options of a program, each a name and a value, and its flags, each a name alone. */
public final class Arguments {
    private final Map<String, String> given;

    private Arguments(Map<String, String> given) {
        this.given = given;
    }

    /** Takes the words as names, each of them a known one and given once, with a value behind. */
    public static Arguments parse(List<String> words, List<String> names) throws UsageException {
        return parse(words, names, List.of());
    }

    /** As {@link #parse(List, List)}, where some names have no value behind. */
    public static Arguments parse(List<String> words, List<String> names, List<String> flags) throws UsageException {
        Map<String, String> given = new HashMap<>();
        int next = 0;
        while (next < words.size()) {
            String name = words.get(next++);
            String value = "";
            if (!flags.contains(name)) {
                if (!names.contains(name)) {
                    throw new UsageException("unknown option " + name);
                }
                if (next == words.size()) {
                    throw new UsageException(name + " needs a value");
                }
                value = words.get(next++);
            }
            if (given.put(name, value) != null) {
                throw new UsageException(name + " is given twice");
            }
        }
        return new Arguments(given);
    }

    public boolean has(String name) {
        return given.containsKey(name);
    }

    public String text(String name, String fallback) {
        return given.getOrDefault(name, fallback);
    }

    /** The name of a transport, there or not; {@code auto} if none is given. */
    public String transport() throws UsageException {
        String name = text("--transport", "auto");
        if (!ExampleTransports.NAMES.contains(name)) {
            throw new UsageException("unknown transport " + name);
        }
        return name;
    }

    public int number(String name, int fallback, int min, int max) throws UsageException {
        String text = given.get(name);
        if (text == null) {
            return fallback;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException noNumber) {
            // Reported below, as a number out of range is.
        }
        throw new UsageException(name + " must be a number from " + min + " to " + max + ", not " + text);
    }
}
