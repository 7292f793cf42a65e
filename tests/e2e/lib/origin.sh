# shellcheck shell=bash
# An HTTPS origin: nginx with HTTP/2 on one port and HTTP/1.1 only on another, in a folder of its own.
#   /echo…    what the origin received, as text     /upload   stores the body, answers the file's path
#   /files/   the folder "files"                    /slow/    the same at 256 KiB/s, /crawl/ at 4 KiB/s
#   /empty    204                                   /refuse   403 without reading the body
# Every answer says over which protocol and which connection (a number) the request came.

origin_locations() {
  cat <<CONF
    add_header X-Origin-Protocol \$server_protocol always;
    add_header X-Origin-Connection \$connection always;
    location /files/ { alias $origin_dir/files/; }
    location /slow/ { alias $origin_dir/files/; limit_rate 256k; }
    location /crawl/ { alias $origin_dir/files/; limit_rate 4k; }
    location /empty { return 204; }
    location /refuse { return 403 "refused by the origin\n"; }
    location /upload {
      client_body_in_file_only on;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Body-File \$request_body_file;
      proxy_set_header X-Body-Length \$http_content_length;
      proxy_pass http://unix:$origin_dir/stored.sock;
    }
    location /echo {
      default_type text/plain;
      return 200 "method=\$request_method\nuri=\$request_uri\nhost=\$http_host\nprotocol=\$server_protocol\nvia=\$http_via\ncdn-loop=\$http_cdn_loop\nrequest-id=\$http_x_chocon_req\nconnection=\$http_connection\nx-hop=\$http_x_hop\nx-end=\$http_x_end\ncontent-length=\$http_content_length\n";
    }
CONF
}

# For scripts that need more: they define it anew.
more_locations() { :; }

origin_config() {
  local h2=$1 h1=$2 user=
  ((EUID != 0)) || user='user root;'
  cat <<CONF
$user
worker_processes 1;
daemon off;
pid $origin_dir/pid;
error_log $origin_dir/error.log warn;
events { worker_connections 4096; }
http {
  access_log $origin_dir/access.log;
  log_not_found off;
  client_body_temp_path $origin_dir/bodies;
  proxy_temp_path $origin_dir/temp;
  fastcgi_temp_path $origin_dir/temp;
  scgi_temp_path $origin_dir/temp;
  uwsgi_temp_path $origin_dir/temp;
  client_max_body_size 0;
  client_body_buffer_size 256k;
  keepalive_timeout 3600s;
  keepalive_requests 1000000;
  sendfile on;
  tcp_nodelay on;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_session_cache shared:SSL:1m;
  ssl_certificate $origin_dir/server.pem;
  ssl_certificate_key $origin_dir/server.key;
  server {
    listen $h2 ssl http2;
$(origin_locations)
$(more_locations)
  }
  server {
    listen $h1 ssl;
$(origin_locations)
$(more_locations)
  }
  server {
    listen unix:$origin_dir/stored.sock;
    location / {
      add_header X-Body-Length \$http_x_body_length always;
      return 200 "\$http_x_body_file\n";
    }
  }
}
CONF
}

# prepare_origin DIR NAME...: folder and certificates; the files to serve go into DIR/files.
prepare_origin() {
  origin_dir=$1
  shift
  mkdir -p "$origin_dir"/{files,bodies,temp}
  make_certificates "$origin_dir" "$@"
}

# start_origin H2-ADDRESS H1-ADDRESS [COMMAND...]: addresses as nginx's listen takes them; the command, if
# any, is put before nginx's (to enter a namespace). Its number is in $origin_pid.
start_origin() {
  local h2=$1 h1=$2
  shift 2
  origin_config "$h2" "$h1" >"$origin_dir/nginx.conf"
  rm -f "$origin_dir/stored.sock" "$origin_dir/pid"
  start_process "$origin_dir/nginx.log" "$@" nginx -c "$origin_dir/nginx.conf" -p "$origin_dir" -e "$origin_dir/error.log"
  origin_pid=$started
  await 10 origin_ready_or_gone
  process_alive "$origin_pid" || { cat "$origin_dir/nginx.log" "$origin_dir/error.log"; return 1; }
}

# The master writes its number when all listeners stand.
origin_ready_or_gone() { [[ -s $origin_dir/pid ]] || process_gone "$origin_pid"; }
