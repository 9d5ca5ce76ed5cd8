// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a request gets.
 *
 * @param body a {@link FileRegion} or {@link ByteBuf} that the answer owns; null for none
 */
record Answer(HttpResponse head, @Nullable Object body) {
    /** An answer with that status and no more than that. */
    static Answer head(HttpResponseStatus status) {
        return new Answer(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status), null);
    }

    /** An error with its name as content; the codec leaves the content away where the request was a HEAD. */
    static Answer refusal(HttpResponseStatus status) {
        ByteBuf text = Unpooled.copiedBuffer(status + "\n", StandardCharsets.US_ASCII);
        Answer answer = new Answer(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status), text);
        answer.head()
                .headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                .set(HttpHeaderNames.CONTENT_LENGTH, text.readableBytes());
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            answer.head().headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        return answer;
    }

    /** Its length in bytes. */
    long bodyLength() {
        return body instanceof FileRegion region ? region.count() : 0;
    }

    void release() {
        ReferenceCountUtil.release(body);
    }
}
