<?php
require __DIR__ . '/lib.php';
require '/run/php/many.php';
expect('failed', [], $failed);
expect('targets', ['/v1/items/1', '/v1/items/2', '/v1/items/3'], array_keys($bodies));
foreach ($bodies as $target => $body) {
    expect($target, $target, json_decode($body, true)['uri']);
    expect('way', 'by ccnproxy', way($body));
}
