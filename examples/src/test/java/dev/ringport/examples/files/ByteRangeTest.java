// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-99, 0, 100",
        "bytes=0-100, 0, 100",
        "bytes=99-, 99, 1",
        "bytes=10-19, 10, 10",
        "BYTES=5-, 5, 95",
        "bytes=-1, 99, 1",
        "bytes=-100, 0, 100",
        "bytes=-101, 0, 100",
        "bytes=3-99999999999999999999, 3, 97",
        "bytes=-99999999999999999999, 0, 100"})
    void aPart(String header, long first, long count) throws RefusedException {
        assertEquals(new ByteRange(first, count, true), ByteRange.of(header, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1",
        "bytes=1--2"})
    void whatIsNoSingleRangeIsPassedBy(String header) throws RefusedException {
        assertEquals(new ByteRange(0, 100, false), ByteRange.of(header, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999-"})
    void whatLiesBehindTheEnd(String header) {
        assertEquals(416, assertThrows(RefusedException.class, () -> ByteRange.of(header, 100)).status().code());
    }

    @Test
    void anEmptyFileHasNoPart() throws RefusedException {
        assertEquals(new ByteRange(0, 0, false), ByteRange.of(null, 0));
        assertThrows(RefusedException.class, () -> ByteRange.of("bytes=-5", 0));
        assertThrows(RefusedException.class, () -> ByteRange.of("bytes=0-", 0));
    }
}
