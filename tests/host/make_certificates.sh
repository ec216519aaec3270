#!/bin/sh
# Makes an authority and certificates for tests of trust, by the openssl command:
#
#   make_certificates.sh FOLDER     writes ca.pem, crl.pem, good.pem, domain.pem, sign_only.pem, not_yet.pem,
#                                   expired.pem, revoked.pem, wrong_name.pem, unknown_anchor.pem
#
# The good ones are alice@direct.test's, until tomorrow.
set -eu
folder=$1
mkdir -p "$folder"
cd "$folder"
yesterday=$(date -u -d '-1 day' +%Y%m%d%H%M%SZ)
tomorrow=$(date -u -d '+1 day' +%Y%m%d%H%M%SZ)
hour_ago=$(date -u -d '-1 hour' +%Y%m%d%H%M%SZ)
in_an_hour=$(date -u -d '+1 hour' +%Y%m%d%H%M%SZ)

# authority NAME: NAME.pem and NAME.key
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.pem" -days 2 \
    -subj "/CN=Trust test $1" -addext keyUsage=critical,keyCertSign,cRLSign 2>>log
  : >"$1.index"
  cat >"$1.cnf" <<CNF
[ca]
default_ca = this
[this]
database = $1.index
certificate = $1.pem
private_key = $1.key
new_certs_dir = .
rand_serial = yes
default_md = sha256
default_crl_days = 2
unique_subject = no
policy = any
copy_extensions = copy
[any]
commonName = supplied
CNF
}

# leaf NAME AUTHORITY FROM UNTIL ALTERNATIVE_NAME KEY_USAGE
leaf() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" \
    -addext "subjectAltName=$5" -addext "keyUsage=critical,$6" 2>>log
  openssl ca -batch -notext -config "$2.cnf" -in "$1.csr" -out "$1.pem" -startdate "$3" -enddate "$4" 2>>log
}

both=digitalSignature,keyEncipherment
authority ca
authority other
leaf good ca "$yesterday" "$tomorrow" email:alice@direct.test $both
leaf domain ca "$yesterday" "$tomorrow" DNS:direct.test $both
leaf sign_only ca "$yesterday" "$tomorrow" email:alice@direct.test digitalSignature
leaf not_yet ca "$in_an_hour" "$tomorrow" email:alice@direct.test $both
leaf expired ca "$yesterday" "$hour_ago" email:alice@direct.test $both
leaf revoked ca "$yesterday" "$tomorrow" email:alice@direct.test $both
leaf wrong_name ca "$yesterday" "$tomorrow" email:mallory@direct.test $both
leaf unknown_anchor other "$yesterday" "$tomorrow" email:alice@direct.test $both
openssl ca -config ca.cnf -revoke revoked.pem 2>>log
openssl ca -config ca.cnf -gencrl -out crl.pem 2>>log

# The command's own opinion, so that each is what it is called.
verify() { openssl verify -CAfile ca.pem -CRLfile crl.pem -crl_check -verify_email alice@direct.test "$1.pem" >>log 2>&1; }
verify good
for name in not_yet expired revoked wrong_name unknown_anchor; do
  if verify $name; then echo "make_certificates: openssl verify trusts $name.pem" >&2; exit 1; fi
done
