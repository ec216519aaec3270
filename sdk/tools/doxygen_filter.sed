# Plain comments of the headers as Doxygen's own (scripts/docs).
# What Doxygen would take for a command or markup is text.
/^#/!{
  /(\/\/|\/\*|^ *\* )/s/([\\@#%])/\\\1/g
}
# The first line of a header, "// bb/x/y.hpp - purpose" or "/* bb/x/y.h - purpose".
1s:^// (bb/[^ ]+) - :/// \\file \1\n/// :
1s:^/\* (bb/[^ ]+) - :/** \\file \1\n * :
# Behind a member.
s:^(.*[^ /].*[;,{)]) +// :\1  ///< :
s:^(.*[^ /*].*[;,]) +/\* :\1 /**< :
# Before a declaration.
s:^( *)// :\1/// :
s:^( *)//$:\1///:
s:^( *)/\* :\1/** :
