// 绿河市安全考试成绩与证书核验
function lhsyjgljChaxun(f){
  if(!f.ksid.value){ alert("请填写考生身份证号"); return; }
  if(!f.ksname.value){ alert("请填写考生姓名"); return; }
  if(!f.zkzh.value){ alert("请填写准考证号码"); return; }
  f.action="/lhsyjglj/bsfw/kscx/chaxun.do?t="+new Date().getTime(); f.submit();
}
