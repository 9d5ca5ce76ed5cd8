// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates as HTTP writes them, in seconds. */
final class HttpDates {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private HttpDates() {}

    static String text(Instant time) {
        return FORMAT.format(time);
    }

    /** Null for a text that is no date, or one in a format that nobody may send any more. */
    static @Nullable Instant parse(@Nullable String text) {
        try {
            return text == null ? null : FORMAT.parse(text, Instant::from);
        } catch (DateTimeParseException noDate) {
            return null;
        }
    }
}
