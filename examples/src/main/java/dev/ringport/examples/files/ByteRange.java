// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of a file that an answer carries. */
record ByteRange(long first, long count, boolean isPart) {
    private static final Pattern SINGLE = Pattern.compile("bytes=[ \\t]*(\\d*)-(\\d*)[ \\t]*",
            Pattern.CASE_INSENSITIVE);
    private static final int SAFE_DIGITS = 18;

    /** What a Range header asks for; all where there is none, or one that makes no sense or names several ranges. */
    static ByteRange of(@Nullable String header, long size) throws RefusedException {
        Matcher range = SINGLE.matcher(header == null ? "" : header);
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return whole(size);
        }
        long first = 0;
        long last = size - 1;
        if (range.group(1).isEmpty()) {
            long length = number(range.group(2));
            first = length == 0 ? size : Math.max(0, size - length);
        } else {
            first = number(range.group(1));
            if (!range.group(2).isEmpty()) {
                long given = number(range.group(2));
                if (given < first) {
                    return whole(size);
                }
                last = Math.min(last, given);
            }
        }
        if (first >= size) {
            throw new RefusedException(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE);
        }
        return new ByteRange(first, last - first + 1, true);
    }

    static ByteRange whole(long size) {
        return new ByteRange(0, size, false);
    }

    private static long number(String digits) {
        return digits.length() > SAFE_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
    }
}
